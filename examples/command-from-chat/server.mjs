// A slash command of Slack executes a self-service action of Port: "/deploy checkout test". Node alone runs it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const {
  PORT_BASE_URL = 'https://api.port.io',
  PORT_APP_URL = 'https://app.port.io',
  LISTEN = '3000',
} = process.env;
const {
  PORT_CLIENT_ID = '',
  PORT_CLIENT_SECRET = '',
  SLACK_SIGNING_SECRET = '',
  SLACK_USERS = '',
} = process.env;

const lacking = ['PORT_CLIENT_ID', 'PORT_CLIENT_SECRET', 'SLACK_SIGNING_SECRET', 'SLACK_USERS'].filter(
  (name) => !process.env[name],
);
if (lacking.length > 0) {
  console.error(`Not set: ${lacking.join(', ')}. README.md says what they are.`);
  process.exit(2);
}

/** Who may, and who that is in Port: U0123=ada@example.com,U0456=… */
const users = new Map(SLACK_USERS.split(',').map((pair) => pair.trim().split('=')));

const server = createServer(async (request, response) => {
  const body = await read(request);
  if (body === undefined || !isFromSlack(request.headers, body)) return void response.writeHead(401).end();
  const text = await answer(new URLSearchParams(body)).catch((error) => {
    console.error(error);
    return 'Port did not take it; the log of the command has the reason.';
  });
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ response_type: 'ephemeral', text }));
});
server.listen(Number(LISTEN), () => console.log(`Listening on ${server.address().port}`));

/** The words behind the command are data: they go to Port as JSON, and its form checks them once more. */
async function answer(command) {
  const email = users.get(command.get('user_id') ?? '');
  if (email === undefined) return 'You are not among those who may deploy from here.';
  const [, service, environment] =
    /^\s*([A-Za-z0-9][\w.-]{0,62})\s+(test|staging|production)\s*$/.exec(command.get('text') ?? '') ?? [];
  if (service === undefined) return 'Write /deploy SERVICE test, staging or production.';
  const { accessToken } = await post('/v1/auth/access_token', {
    clientId: PORT_CLIENT_ID,
    clientSecret: PORT_CLIENT_SECRET,
  });
  const path = `/v1/actions/deploy_service/runs?run_as=${encodeURIComponent(email)}`;
  const { run } = await post(path, { properties: { service, environment } }, accessToken);
  return `Deploying ${service} to ${environment}: ${PORT_APP_URL}/organization/run?runId=${encodeURIComponent(run.id)}`;
}

/** Slack waits 3 seconds for an answer. Nothing is tried again: a start whose answer was lost would be two. */
async function post(path, body, token) {
  const response = await fetch(PORT_BASE_URL + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(2_500),
  });
  const json = await response.json();
  if (!response.ok) throw new Error(`POST ${path.split('?')[0]} -> ${response.status} ${json.message ?? ''}`);
  return json;
}

/** Slack signs the time and the body; a call of more than five minutes ago may be somebody's copy. */
function isFromSlack({ 'x-slack-request-timestamp': time = '', 'x-slack-signature': given = '' }, body) {
  if (!(Math.abs(Date.now() / 1000 - Number(time)) < 300)) return false;
  const wanted = `v0=${createHmac('sha256', SLACK_SIGNING_SECRET).update(`v0:${time}:${body}`).digest('hex')}`;
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

/** The body; undefined for one that is too long for a command. */
async function read(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 16_384) return undefined;
  }
  return body;
}
