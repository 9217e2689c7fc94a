import { type JobApi, type Problem, isProblem } from '../../common/azure-devops/job-api.ts';
import { isRecord } from '../../common/json.ts';
import { type BuildRange, listIn, previewVersion } from './commits.ts';

export interface WorkItem {
  readonly id: number;
  /** Empty where only the id is known. */
  readonly title: string;
  readonly type: string;
  readonly state: string;
}

/** So many are read: Azure DevOps tells about no more of them in one answer. */
const mostItems = 200;

const fields = ['System.Title', 'System.WorkItemType', 'System.State'] as const;

/**
 * The work items of the commits between two builds. Where their titles cannot be read, their ids stay.
 * @throws CanceledError
 */
export async function readWorkItems(
  api: JobApi,
  { from, to }: BuildRange,
): Promise<{ readonly items: readonly WorkItem[]; readonly problem?: string }> {
  const place =
    from === undefined ? `builds/${to}/workitems?` : `workitems?fromBuildId=${from}&toBuildId=${to}&`;
  const path = `build/${place}$top=${mostItems}&${previewVersion}`;
  const refs = await api.ask({ path, what: 'the work items of builds' }, listIn);
  if (isProblem(refs)) return { items: [], problem: refs.problem };
  const ids = [
    ...new Set(refs.map(({ id }) => Number(id)).filter((id) => Number.isSafeInteger(id) && id > 0)),
  ];
  const known = ids.length === 0 ? new Map<number, WorkItem>() : await readTitles(api, ids);
  const bare = (id: number): WorkItem => ({ id, title: '', type: '', state: '' });
  if (isProblem(known)) return { items: ids.map(bare), problem: known.problem };
  return { items: ids.map((id) => known.get(id) ?? bare(id)) };
}

async function readTitles(
  api: JobApi,
  ids: readonly number[],
): Promise<ReadonlyMap<number, WorkItem> | Problem> {
  const found = await api.ask(
    {
      path: 'wit/workitemsbatch?api-version=5.0',
      // One that is in another project, or gone, is no reason to know nothing of the others.
      body: { ids: ids.slice(0, mostItems), fields, errorPolicy: 'omit' },
      what: 'work items',
    },
    listIn,
  );
  return isProblem(found) ? found : new Map(found.map((item) => [Number(item.id), itemOf(item)]));
}

function itemOf({ id, fields: given }: Readonly<Record<string, unknown>>): WorkItem {
  const text = (name: (typeof fields)[number]) => {
    const value = isRecord(given) ? given[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return {
    id: Number(id),
    title: text('System.Title'),
    type: text('System.WorkItemType'),
    state: text('System.State'),
  };
}
