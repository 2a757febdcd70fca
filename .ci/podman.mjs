// Run chapters on Podman: `npm run test:podman [-- SLUG…]`. Plain JavaScript: it also installs the dependencies.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { canInstall, install } from '../fixtures/setup/apt.mjs';
import { run, which } from '../fixtures/setup/command.mjs';
import { engineAddress, ping } from '../fixtures/setup/engine-address.mjs';
import { step } from '../fixtures/setup/step.mjs';
import { packageRoot } from '../helpers/constants/project.mjs';
import { SETUP_TIMEOUTS } from '../helpers/constants/setup-timeouts.mjs';
import { NEWEST } from '../helpers/envoy/builds.mjs';

/** Without a router, with one, and with an authorization service. */
const CHAPTERS = ['original-dst', 'tproxy-source-preserving', 'ext-authz-proxy'];

/** The root of Podman's storage and settings, apart from those of this machine. */
const folder = mkdtempSync(join(tmpdir(), 'bigbook-podman-'));
const socket = join(folder, 'podman.sock');
const podman = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')];
const settings = { CONTAINERS_CONF: join(folder, 'containers.conf') };

/** @type {import('../fixtures/setup/step.mjs').Log} */
const log = (line) => console.log(line);

/** Settings that need no systemd, and share no lock and no network with another Podman. */
function writeSettings() {
  mkdirSync(join(folder, 'networks'));
  // Podman asks for more than this process may have where it lacks CAP_SYS_RESOURCE.
  const ulimits = [
    ['nofile', limit('Max open files')],
    ['nproc', Math.min(limit('Max processes'), Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')))],
  ].map(([name, value]) => `"${name}=${value}:${value}"`);
  writeFileSync(
    settings.CONTAINERS_CONF,
    `[containers]
default_ulimits = [${ulimits.join(', ')}]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "${folder}/tmp"
[network]
network_config_dir = "${folder}/networks"
`,
  );
}

/** A hard limit of this process, at most what Podman asks for. @param {string} name */
function limit(name) {
  const [, hard] = new RegExp(`^${name} +\\S+ +(\\S+)`, 'm').exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === 'unlimited' ? 2 ** 20 : Math.min(Number(hard), 2 ** 20);
}

/** Starts Podman's service and waits until it answers. Returns the function that ends it. */
async function startService() {
  const output = openSync(join(folder, 'service.log'), 'w');
  const program = /** @type {string} */ (which('podman'));
  const service = spawn(program, [...podman, 'system', 'service', '--time=0', `unix://${socket}`], {
    env: { ...process.env, ...settings },
    // Ctrl-C ends the run, which then removes its containers.
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise((resolve) => service.on('exit', resolve).on('error', resolve));
  const end = async () => {
    service.kill();
    await ended;
  };
  let exited = false;
  ended.then(() => {
    exited = true;
  });
  const began = performance.now();
  while ((await ping({ host: `unix://${socket}`, from: 'DOCKER_HOST' })) !== undefined) {
    if (exited || performance.now() - began > SETUP_TIMEOUTS.engineStartMs) {
      await end();
      throw new Error(`Podman's service does not answer:\n${readFileSync(join(folder, 'service.log'), 'utf8')}`);
    }
    await pause(25);
  }
  return end;
}

/** Copies the images of the local Docker engine, which saves building them. Set-up makes what is missing. */
async function copyImages() {
  const { host } = engineAddress();
  const docker = host.startsWith('unix:') ? new URL(host).pathname : undefined;
  if (docker === undefined || (await ping({ host, from: 'local' })) !== undefined) return;
  const filters = encodeURIComponent(JSON.stringify({ label: ['envoy-big-book=image'] }));
  /** @type {{ RepoTags: string[] | null, Created: number }[]} */
  const images = JSON.parse(await text(await request(docker, 'GET', `/images/json?filters=${filters}`)));
  const newest = images.sort((one, other) => other.Created - one.Created).flatMap(({ RepoTags }) => RepoTags ?? []);
  const names = ['base:', 'tools:', 'node:', 'host:', `envoy:${NEWEST}-`].flatMap(
    (part) => newest.find((tag) => tag.startsWith(`envoy-big-book/${part}`)) ?? [],
  );
  if (names.length === 0) return;
  await step(log, 'images: copy from Docker', async () => {
    const query = names.map((name) => `names=${encodeURIComponent(name)}`).join('&');
    const archive = await request(docker, 'GET', `/images/get?${query}`);
    await text(await request(socket, 'POST', '/images/load', archive));
  });
}

/**
 * @param {string} socketPath
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {http.IncomingMessage} [body] a tar archive
 * @returns {Promise<http.IncomingMessage>}
 */
function request(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/x-tar' } : {};
    const sent = http.request({ socketPath, method, path: `/v1.41${path}`, headers });
    sent.on('error', reject).on('response', (answer) => {
      if (answer.statusCode === 200) resolve(answer);
      else reject(new Error(`${method} ${path}: status ${answer.statusCode}`));
    });
    if (body) body.on('error', reject).pipe(sent);
    else sent.end();
  });
}

/** @param {http.IncomingMessage} answer */
async function text(answer) {
  let all = '';
  for await (const chunk of answer.setEncoding('utf8')) all += chunk;
  return all;
}

/** Runs a command of the project with Podman as its engine. @param {string[]} args @returns {Promise<number>} */
function onPodman(args) {
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, BIGBOOK_SANDBOX: 'containers' };
  const child = spawn(process.execPath, args, { cwd: packageRoot, env, stdio: 'inherit' });
  const end = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, end);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve(status ?? 1));
  });
}

/** Removes Podman's containers, images and mounts. */
async function removeStorage() {
  if (which('podman') !== undefined) {
    const options = { env: settings };
    await run('podman', [...podman, 'rm', '--all', '--force'], options).catch(() => undefined);
    await run('umount', [join(folder, 'root/overlay')]).catch(() => undefined);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Why Podman cannot run here; undefined where it can. */
async function obstacle() {
  if (process.getuid?.() !== 0) return 'its rootful service needs root';
  if (which('podman') !== undefined) return undefined;
  if (!canInstall()) return 'it is not installed, and only root on a Debian-like system installs it here';
  const failed = (/** @type {Error} */ error) => `it could not be installed: ${error.message}`;
  return step(log, 'podman: install', () => install(['podman'])).then(() => undefined, failed);
}

let status = 1;
try {
  const why = await obstacle();
  if (why !== undefined) {
    console.log(`Podman is not tested: ${why}`);
    status = 0;
  } else {
    writeSettings();
    const end = await startService();
    try {
      await copyImages();
      const chapters = process.argv.length > 2 ? process.argv.slice(2) : CHAPTERS;
      status = (await onPodman(['bin/setup.mjs'])) || (await onPodman(['bin/bigbook.mjs', 'run', ...chapters]));
    } finally {
      await end();
    }
  }
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
} finally {
  await removeStorage();
}
process.exit(status);
