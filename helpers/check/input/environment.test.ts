import { expect, test } from 'vitest';
import { editConfig, parseConfig } from './config-document.ts';
import { environmentOf } from './environment.ts';

const TEXT = `
admin: { access_log_path: /var/log/admin.log }
a: { filename: certs/a.pem }
b: { filename: /etc/../certs/b.pem }
c: { pipe: { path: /run/x.sock } }
d: { pipe: { path: '@abstract' } }
e: { environment_variable: TOKEN }
f: { environment_variable: OTHER }
g: { access_log_path: /dev/stdout }
h: { access_log_path: /tmp/h.log }
`;

test('relative paths become absolute, logs and sockets are where Envoy can write, variables have values', () => {
  const config = parseConfig(TEXT, 'x.yaml');
  const { edits, unset, notes } = environmentOf(config.value, { TOKEN: 't' });
  expect(
    editConfig(
      config,
      edits.filter(({ to }) => to !== ''),
    ),
  ).toBe(`
admin: { access_log_path: "/tmp/var-log-admin.log" }
a: { filename: "/certs/a.pem" }
b: { filename: "/certs/b.pem" }
c: { pipe: { path: "/tmp/run-x.sock" } }
d: { pipe: { path: '@abstract' } }
e: { inline_string: "t" }
f: { environment_variable: OTHER }
g: { access_log_path: /dev/stdout }
h: { access_log_path: /tmp/h.log }
`);
  expect(unset).toEqual(['OTHER']);
  expect(notes).toEqual([
    'Logs are in /tmp: /var/log/admin.log at /tmp/var-log-admin.log.',
    'Sockets are in /tmp: /run/x.sock at /tmp/run-x.sock.',
  ]);
});
