import type { Host } from '../../common/agent/host.ts';
import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import { markdownLink, markdownText } from '../../common/text/markdown.ts';
import { isAzureRepo } from './pull-requests.ts';
import type { Contents } from './read-contents.ts';

/** Where things of a project and a repository are shown. */
export interface Pages {
  workItem(id: number): string | undefined;
  pullRequest(id: number): string | undefined;
  commit(id: string): string | undefined;
  /** What stands before the number of a pull request. */
  readonly pullRequestSign: '!' | '#';
}

export function pagesOf(host: Pick<Host, 'variable'>): Pages {
  const collection = host.variable('System.CollectionUri')?.replace(/\/+$/, '');
  const project = host.variable('System.TeamProject');
  const repository = repositoryPage(host.variable('Build.Repository.Uri'));
  const isAzure = isAzureRepo(host.variable('Build.Repository.Provider'));
  const below = (base: string | undefined, path: string) =>
    base === undefined ? undefined : `${base}/${path}`;
  return {
    workItem: (id) =>
      collection === undefined || project === undefined
        ? undefined
        : `${collection}/${encodeURIComponent(project)}/_workitems/edit/${id}`,
    pullRequestSign: isAzure ? '!' : '#',
    pullRequest: (id) => below(repository, `${isAzure ? 'pullrequest' : 'pull'}/${id}`),
    commit: (id) => below(repository, `commit/${encodeURIComponent(id)}`),
  };
}

/** The address to clone from may name a user, or end in `.git`; pages do not. */
function repositoryPage(uri: string | undefined): string | undefined {
  if (uri === undefined || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '').replace(/\.git$/, '');
}

/** The release notes: work items, pull requests and commits, each linked. Titles are shown, and never obeyed. */
export function releaseNotes(host: Pick<Host, 'variable'>, environment: string, contents: Contents): string {
  const { definitionName = 'Deployment', number } = readPipelineContext(host);
  const pages = pagesOf(host);
  const { workItems, pullRequests, commits, remarks, problems } = contents;
  const back =
    contents.isRollback === true ? [['This deployment goes back to an older commit than the last one.']] : [];
  const missing = problems.map((problem) => `Could not be read: ${problem}.`);
  const blocks = [
    [`## ${markdownText([definitionName, number ?? '', 'to', environment].filter(Boolean).join(' '))}`],
    ...back,
    section(
      'Work items',
      workItems.map(({ id, title, type, state }) => {
        const kind = [type, state].filter(Boolean).join(', ');
        return `${markdownLink(`#${id}`, pages.workItem(id))} ${titled(title)}${kind === '' ? '' : ` (${markdownText(kind)})`}`;
      }),
    ),
    section(
      'Pull requests',
      pullRequests.map(
        ({ id, title }) =>
          `${markdownLink(`${pages.pullRequestSign}${id}`, pages.pullRequest(id))} ${titled(title)}`,
      ),
    ),
    section(
      'Commits',
      commits.map(({ id, title, author, url }) => {
        const by = author === '' ? '' : `, ${markdownText(author, 100)}`;
        return `${markdownLink(id.slice(0, 8), url ?? pages.commit(id))} ${titled(title)}${by}`;
      }),
    ),
    ...(commits.length === 0 ? [['No commits since the last deployment.']] : []),
    ...[...remarks, ...missing].map((remark) => [`> ${markdownText(remark, 600)}`]),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function section(heading: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`### ${heading}`, '', ...items.map((item) => `- ${item.trim()}`)];
}

function titled(title: string): string {
  return markdownText(title, 200);
}
