import { randomUUID } from 'node:crypto';
import type { Identity, RepositoryFolder } from '../agent/types.ts';
import { Rewrites } from '../rewrites.ts';
import type {
  Approval,
  Build,
  BuildIdentity,
  Check,
  Endpoint,
  Environment,
  Faults,
  Notification,
  Permission,
  Pipeline,
  QueueMessage,
  RecordedRequest,
  Subscription,
} from './model.ts';
import type { AzureDevOpsOptions } from './options.ts';
import type { Commit, PullRequest, PushedBranch, WorkItem } from './source-model.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
}

const someone: Identity = {
  id: '5f3f8d35-9c0e-4bcb-8a30-2a1a3f3b6d11',
  displayName: 'Dev',
  uniqueName: 'dev@example.com',
};

function projectOf(options: AzureDevOpsOptions): Project {
  if (typeof options.project === 'object') return options.project;
  return { id: randomUUID(), name: options.project ?? 'my-project' };
}

/** Everything the organization knows. Readable by tests; routes are the only ones that should write. */
export type State = ReturnType<typeof createState>;

export function createState(options: AzureDevOpsOptions) {
  const organization = options.organization ?? 'my-org';
  const faults: Faults = {
    signInPage: false,
    readsUntilReady: 0,
    answers: new Map(),
    deniedToJobs: new Set(),
    forgetsSecrets: false,
    testsWithMasks: false,
  };
  return {
    options,
    organization,
    collectionPath: options.collectionPath ?? `/${organization}`,
    collectionId: randomUUID() as string,
    project: projectOf(options),
    requestedFor: options.requestedFor ?? someone,
    personalAccessToken: options.personalAccessToken ?? randomUUID(),
    /** Scheme, host and port, once the server listens. */
    url: '',
    pipelines: new Map<number, Pipeline>(),
    builds: new Map<number, Build>(),
    /** Besides the project's own: those that templates are read from. */
    repositories: [] as RepositoryFolder[],
    /** Runs that a webhook asked for and that were not made, because their YAML cannot be compiled: the service says nothing. */
    refusals: [] as { readonly pipeline: string; readonly message: string }[],
    /** The oldest first: parents stand before their children. */
    commits: [] as Commit[],
    workItems: new Map<number, WorkItem>(),
    pullRequests: [] as PullRequest[],
    /** By ref, such as `refs/heads/feature`. */
    branches: new Map<string, PushedBranch>(),
    /** By name in lower case. */
    environments: new Map<string, Environment>(),
    checks: [] as Check[],
    approvals: new Map<string, Approval>(),
    endpoints: new Map<string, Endpoint>(),
    /** By endpoint id. */
    permissions: new Map<string, Permission>(),
    subscriptions: new Map<string, Subscription>(),
    notifications: [] as Notification[],
    queueMessages: [] as QueueMessage[],
    /** Whom the tokens of jobs belong to, and what that account is granted beyond reading. */
    buildIdentity: {
      scope: 'project',
      stopBuilds: options.jobToken === 'stop' ? 'allow' : 'notSet',
    } as BuildIdentity,
    /** Job tokens and the builds that they belong to. */
    jobTokens: new Map<string, number>(),
    requests: [] as RecordedRequest[],
    faults,
    rewrites: new Rewrites(),
  };
}

export const organizationUrl = (state: State): string => state.url + state.collectionPath;
export const projectUrl = (state: State): string =>
  `${organizationUrl(state)}/${encodeURIComponent(state.project.name)}`;
/** The page of a run, as people open it. */
export const buildPage = (state: State, buildId: number): string =>
  `${projectUrl(state)}/_build/results?buildId=${buildId}`;
export const buildApiUrl = (state: State, buildId: number): string =>
  `${organizationUrl(state)}/${state.project.id}/_apis/build/Builds/${buildId}`;

/** As the pages of the organization name the account that jobs act as. */
export const buildIdentityName = ({ buildIdentity, project, organization }: State): string =>
  buildIdentity.scope === 'project'
    ? `${project.name} Build Service (${organization})`
    : `Project Collection Build Service (${organization})`;
