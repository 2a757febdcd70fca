// What a new user does with the package, in a project outside the checkout: `npm run test:package`.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../helpers/constants/project.mjs';
import { NEWEST, VERSIONS } from '../helpers/envoy/builds.mjs';

/** All of it has to fit in. */
const LIMIT_S = 300;

const OLD = VERSIONS.at(-2) ?? NEWEST;
const { devDependencies, name, version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

const CONFIG = `static_resources:
  listeners:
    - name: ingress
      address: { socket_address: { address: 0.0.0.0, port_value: 8080 } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: ingress
                route_config:
                  virtual_hosts:
                    - name: shop
                      domains: [shop.example.com]
                      routes: [{ match: { prefix: / }, route: { cluster: web } }]
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  clusters:
    - name: web
      type: STRICT_DNS
      load_assignment:
        cluster_name: web
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: web.internal, port_value: 80 } } } }] }]
`;

/** What the package exports, used with types. */
const TYPED = `import { chapter, defineConfig, type Faults, sameHost, scenario } from 'envoy-big-book';
import { check, type CheckReport, checkSchema } from 'envoy-big-book/check';
import { readRecord, recordSchema, type RunRecord } from 'envoy-big-book/record';
import { bigbook, reporter } from 'envoy-big-book/vitest';
export const config = defineConfig({ setups: { shop: { config: 'envoy.yaml', topology: 'edge' } } });
// @ts-expect-error: unknown settings are errors
export const wrong = defineConfig({ setup: {} });
export const report: Promise<CheckReport> = check(['shop'], { envoy: '1.40.0' });
export const record: Promise<RunRecord> = readRecord('record.json');
export const faults: Faults = {};
export const all = [chapter, sameHost, scenario, checkSchema, recordSchema, bigbook(), reporter];
`;

const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'ES2023', module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'], strict: true },
    ...{ noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
  },
  include: ['*.ts', 'bigbook'],
};

const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'bigbook-package-'));
const project = join(folder, 'project');

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(join(project, file, '..'), { recursive: true });
  writeFileSync(join(project, file), text);
}

/**
 * Runs a command of the transcript. Throws where its exit status is another one.
 * @param {string} command
 * @param {{ status?: number, or?: number, shows?: RegExp[] }} [expected] `or`: another status
 * @returns {Promise<string>} its output
 */
async function run(command, { status = 0, or = status, shows = [] } = {}) {
  const { BIGBOOK_PROJECT: _, BIGBOOK_RUN: __, INIT_CWD: ___, ...env } = process.env;
  const start = performance.now();
  const child = spawn('sh', ['-c', command], {
    ...{ cwd: project, env: { ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const lacks = shows.filter((pattern) => !pattern.test(output));
  const ended = code === status || code === or;
  console.log(`${ended && lacks.length === 0 ? '✓' : '✗'} ${command} (${seconds} s)`);
  if (ended && lacks.length === 0) return output;
  const why = ended ? `its output lacks ${lacks.join(' and ')}` : `exit status ${code}, expected ${status}`;
  throw new Error(`\`${command}\`: ${why}\n${output}`);
}

/** The tarball, with compiled modules, types and nothing else. */
function pack() {
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      ...{ cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    }),
  );
  const paths = /** @type {{ path: string }[]} */ (files).map(({ path }) => path);
  const wrong = paths.filter((path) => /\.test\./.test(path) || (/\.ts$/.test(path) && !/\.d\.ts$/.test(path)));
  if (wrong.length > 0) throw new Error(`the package has tests or sources: ${wrong.slice(0, 5).join(', ')}`);
  console.log(`✓ npm pack: ${filename}, ${paths.length} files`);
  return join(folder, filename);
}

let failed = true;
try {
  mkdirSync(project);
  const tarball = pack();
  write('package.json', JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  write('deploy/envoy.yaml', CONFIG);
  write('.envoy-version', OLD);
  const npm = 'npm install --save-dev --prefer-offline --no-audit --no-fund --loglevel=error';
  await run(`${npm} --omit=peer ${tarball}`);
  await run('npx bigbook --version', { shows: [new RegExp(`^${version.replaceAll('.', '\\.')}$`, 'm')] });
  await run(`npx bigbook setup --envoy ${OLD},${NEWEST}`);
  // Without vitest.
  // The versions may differ on it.
  await run('npx bigbook init --yes', {
    or: 1,
    shows: [/wrote {2}bigbook\.config\.ts/, /npm install --save-dev vitest/, /written to bigbook\/deploy\.http/],
  });
  await run('npx bigbook check --fail-on crash', { shows: [/reached an upstream/, /reports\//] });
  await run('npx bigbook init --yes --no-check', { shows: [/left {3}bigbook\.config\.ts/] });
  await run('npx bigbook run', { status: 3, shows: [/^bigbook: vitest is not installed/m] });
  await run('npx bigbook trace deploy', { shows: [/web receives GET \/ HTTP\/1\.1/] });
  await run('npx bigbook up deploy --detach', { shows: [/bigbook down deploy/] });
  await run('npx bigbook exec deploy envoy -- ss -tln', { shows: [/:8080/] });
  await run('npx bigbook down deploy');

  await run(
    `${npm} vitest@${devDependencies.vitest} typescript@${devDependencies.typescript} @types/node@${devDependencies['@types/node']}`,
  );
  await run('npx bigbook run deploy', { shows: [/✓ Envoy is live with deploy\/envoy\.yaml/, / 0 failed$/m] });
  await run(`npx bigbook compare ${OLD} ${NEWEST} deploy --fail-on none`, {
    shows: [/differences? in 1 chapter \(\d+ claims\)/],
  });
  // A chapter with a scenario of its own.
  await run('npx bigbook new edge', { shows: [/npx bigbook run edge/] });
  await run('npx bigbook run edge', { shows: [/^2 passed, 0 failed$/m] });
  await run('npx bigbook list --claims', { shows: [/deploy\/envoy\.yaml/, /HTTP proxy in front of one upstream/] });
  write('use.ts', TYPED);
  write('tsconfig.json', JSON.stringify(TSCONFIG));
  await run('npx tsc');
  await run(`node --input-type=module -e "import '${name}/bin/cli.js'"`, {
    status: 1,
    shows: [/ERR_PACKAGE_PATH_NOT_EXPORTED/],
  });
  await run('ls reports/latest/report.html');
  const seconds = (performance.now() - began) / 1000;
  if (seconds > LIMIT_S) throw new Error(`it took ${seconds.toFixed(0)} s, expected at most ${LIMIT_S}`);
  console.log(`✓ the package works (${seconds.toFixed(0)} s)`);
  failed = false;
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
} finally {
  if (failed) console.error(`the project is kept: ${project}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
