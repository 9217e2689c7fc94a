import { isRecord } from '../../tasks/common/json.ts';
import { AzureRequestError, SetupError } from '../errors.ts';
import { recordOf, recordsOf, textOf } from '../json.ts';
import type { Azure } from './client.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
}

/** Of a route of the project; `path` is what stands behind `_apis/`. */
export const pathOf = ({ name }: Project, path: string): string =>
  `/${encodeURIComponent(name)}/_apis/${path}`;

export interface Pipeline {
  readonly id: number;
  readonly name: string;
  /** Whether a run of it is kept: the server starts none by webhook before the first. */
  readonly hasRun: boolean;
}

/** Who a call without credentials is to Azure DevOps, where it answers one at all. */
const anonymousId = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

/**
 * Who is signed in. Every command calls it first, so that a refused sign-in is reported as one.
 * @throws AzureRequestError
 */
export async function whoAmI(azure: Azure): Promise<string> {
  const answer = await azure.call('GET', '/_apis/connectionData?api-version=7.1-preview.1', {
    does: 'sign in',
  });
  const user = recordOf(answer.authenticatedUser);
  if (user.id === anonymousId) {
    throw new AzureRequestError(
      401,
      `Cannot sign in: ${azure.organizationUrl} takes ${azure.source} for nobody. Is it valid, not expired, and of this organization?`,
    );
  }
  const name = [user.providerDisplayName, user.customDisplayName, user.id]
    .map(textOf)
    .find((text) => text !== '');
  const account = textOf(recordOf(recordOf(user.properties).Account).$value);
  return account === '' || account === name ? (name ?? 'unknown') : `${name ?? ''} (${account})`.trim();
}

/** @throws SetupError for a project that does not exist or cannot be seen */
export async function findProject(azure: Azure, nameOrId: string): Promise<Project> {
  // The client's types say otherwise, but a project that is not there comes as null.
  const project = await azure.ask<{ id?: string; name?: string } | null>(
    `read the project "${nameOrId}"`,
    async (api) => (await api.getCoreApi()).getProject(nameOrId),
  );
  if (project?.id === undefined) {
    throw new SetupError(
      `There is no project "${nameOrId}" in ${azure.organizationUrl}, or ${azure.user ?? azure.source} may not see it. Check the spelling of its name.`,
    );
  }
  return { id: project.id, name: project.name ?? nameOrId };
}

const pageSize = 500;

/** All projects that the sign-in may see. */
export async function listProjects(azure: Azure): Promise<Project[]> {
  const all: Project[] = [];
  for (;;) {
    const page = await azure.ask('list the projects', async (api) =>
      (await api.getCoreApi()).getProjects(undefined, pageSize, all.length),
    );
    all.push(...page.map(({ id = '', name = id }) => ({ id, name })));
    if (page.length < pageSize) return all;
  }
}

export async function findPipeline(
  azure: Azure,
  project: Project,
  name: string,
): Promise<Pipeline | undefined> {
  const query = `name=${encodeURIComponent(name)}&includeLatestBuilds=true&api-version=7.1`;
  const path = pathOf(project, `build/definitions?${query}`);
  const answer = await azure.call('GET', path, { does: `look for the pipeline "${name}"` });
  const [pipeline] = recordsOf(answer.value);
  if (typeof pipeline?.id !== 'number') return undefined;
  return { id: pipeline.id, name: textOf(pipeline.name), hasRun: isRecord(pipeline.latestBuild) };
}
