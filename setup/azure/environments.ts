import { recordOf, recordsOf, textOf } from '../json.ts';
import type { Azure } from './client.ts';
import { type Project, pathOf } from './projects.ts';

/** The type of a check that asks people. */
const approvalType = '8c6f20a7-a545-4486-9777-f762fafe0d4d';

/** The id of an environment; undefined where there is none of that name. */
export async function findEnvironment(
  azure: Azure,
  project: Project,
  name: string,
): Promise<number | undefined> {
  const query = `distributedtask/environments?name=${encodeURIComponent(name)}&api-version=7.1-preview.1`;
  const answer = await azure.call('GET', pathOf(project, query), {
    does: `look for the environment "${name}"`,
  });
  const found = recordsOf(answer.value).find(
    (each) => textOf(each.name).toLowerCase() === name.toLowerCase(),
  );
  return typeof found?.id === 'number' ? found.id : undefined;
}

/** Who approves what is deployed to an environment, by their names; undefined where it has no approval check. */
export async function approversOf(
  azure: Azure,
  project: Project,
  environment: number,
): Promise<string[] | undefined> {
  const query = `pipelines/checks/configurations?resourceType=environment&resourceId=${environment}&$expand=settings&api-version=7.1-preview.1`;
  const answer = await azure.call('GET', pathOf(project, query), {
    does: 'read the checks of the environment',
  });
  const checks = recordsOf(answer.value).filter(
    ({ type }) => textOf(recordOf(type).id).toLowerCase() === approvalType,
  );
  if (checks.length === 0) return undefined;
  return checks
    .flatMap(({ settings }) =>
      recordsOf(recordOf(settings).approvers).map(({ displayName, uniqueName, id }) =>
        [displayName, uniqueName, id].map(textOf).find((text) => text !== ''),
      ),
    )
    .filter((each) => each !== undefined);
}

/** What Azure DevOps says of approvals, by their ids: `pending`, `approved` … Those that are gone are not in it. */
export async function approvalStatuses(
  azure: Azure,
  project: Project,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const query = `pipelines/approvals?approvalIds=${ids.map(encodeURIComponent).join(',')}&api-version=7.1`;
  const answer = await azure.call('GET', pathOf(project, query), { does: 'read the approvals' });
  return new Map(recordsOf(answer.value).map(({ id, status }) => [textOf(id).toLowerCase(), textOf(status)]));
}
