// Stands in for your deployment: reads its input from the environment, says what it does, also in deploy.log, and fails
// where a service is not known. Node runs it alike on Linux, macOS and Windows.
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const { SERVICE = '', ENVIRONMENT = '', IMAGE_TAG = '' } = process.env;

// What a user typed is checked before it is printed: the agent obeys ##vso[ in any output.
if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(ENVIRONMENT)) fail('The field environment is refused.');

const manifest = `services/${SERVICE.replace(/[^A-Za-z0-9._-]/g, '_')}.yml`;
if (!existsSync(manifest)) fail(`Cannot deploy: there is no ${manifest}`);

say(`Deploying ${manifest} with image tag ${IMAGE_TAG} to ${ENVIRONMENT}`);
await delay(200);
say('Deployed: 3 of 3 replicas are ready');

function say(line) {
  console.log(line);
  appendFileSync('deploy.log', `${line}\n`);
}

function fail(reason) {
  say(reason);
  console.log(`##vso[task.logissue type=error]${reason}`);
  process.exit(1);
}
