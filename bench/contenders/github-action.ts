import * as core from '@actions/core';
import axios from 'axios';

/** What port-github-action does for UPDATE_RUN with a message and a status, with the same libraries. */

const input = (name: string) => core.getInput(name);
const url = (path: string) => `${input('baseUrl')}${path}`;

async function signIn(): Promise<{ headers: { Authorization: string } }> {
  core.info('Trying to obtain Port access token');
  const credentials = { clientId: input('clientId'), clientSecret: input('clientSecret') };
  const { data } = await axios.post<{ accessToken: string }>(url('/v1/auth/access_token'), credentials);
  return { headers: { Authorization: `Bearer ${data.accessToken}` } };
}

async function updateRun(): Promise<void> {
  const config = await signIn();
  const path = url(`/v1/actions/runs/${input('runId')}`);
  core.info(`Performing POST request to URL: ${path}/logs`);
  await axios.post(`${path}/logs`, { message: input('logMessage') }, config);
  core.info(`Performing PATCH request to URL: ${path}`);
  await axios.patch(path, { status: input('status'), link: input('link') }, config);
  core.setOutput('runId', input('runId'));
}

updateRun().catch((error: unknown) => {
  core.setFailed(error instanceof Error ? error : String(error));
});
