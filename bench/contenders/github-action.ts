import * as core from '@actions/core';
import axios from 'axios';

/**
 * What port-github-action does, with the same libraries: UPDATE_RUN with a message and a status, and BULK_UPSERT, which sends
 * one POST after another.
 */

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
  await axios.post(`${path}/logs`, { message: input('message') }, config);
  core.info(`Performing PATCH request to URL: ${path}`);
  await axios.patch(path, { status: input('status'), link: input('link') }, config);
  core.setOutput('runId', input('runId'));
}

async function bulkUpsert(): Promise<void> {
  const config = { ...(await signIn()), params: { upsert: true, merge: true } };
  const entities = JSON.parse(input('entities')) as { identifier: string; blueprint: string }[];
  for (const entity of entities) {
    const path = url(`/v1/blueprints/${entity.blueprint}/entities`);
    core.info(`Performing POST request to URL: ${path}, with body: ${JSON.stringify(entity)}`);
    await axios.post(path, entity, config);
  }
  core.setOutput('identifiers', entities.map(({ identifier }) => identifier));
}

(input('operation') === 'BULK_UPSERT' ? bulkUpsert() : updateRun()).catch((error: unknown) => {
  core.setFailed(error instanceof Error ? error : String(error));
});
