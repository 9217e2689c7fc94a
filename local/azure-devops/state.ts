import { randomUUID } from 'node:crypto';
import type { Identity } from '../agent/types.ts';
import type {
  Build,
  Endpoint,
  Faults,
  Notification,
  Permission,
  Pipeline,
  QueueMessage,
  RecordedRequest,
  Subscription,
} from './model.ts';
import type { AzureDevOpsOptions } from './options.ts';

export interface Project {
  readonly id: string;
  readonly name: string;
}

/** Everything the organization knows. Readable by tests; routes are the only ones that should write. */
export interface State {
  readonly options: AzureDevOpsOptions;
  readonly organization: string;
  readonly collectionPath: string;
  readonly collectionId: string;
  readonly project: Project;
  readonly requestedFor: Identity;
  readonly personalAccessToken: string;
  /** Set when the server listens: scheme, host and port. */
  url: string;
  readonly pipelines: Map<number, Pipeline>;
  readonly builds: Map<number, Build>;
  readonly endpoints: Map<string, Endpoint>;
  /** By endpoint id. */
  readonly permissions: Map<string, Permission>;
  readonly subscriptions: Map<string, Subscription>;
  readonly notifications: Notification[];
  /** Answers of receivers to test notifications and events, by notification. */
  readonly queueMessages: QueueMessage[];
  /** Job tokens and the builds that they belong to. */
  readonly jobTokens: Map<string, number>;
  readonly requests: RecordedRequest[];
  readonly faults: Faults;
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

export function createState(options: AzureDevOpsOptions): State {
  const organization = options.organization ?? 'my-org';
  return {
    options,
    organization,
    collectionPath: options.collectionPath ?? `/${organization}`,
    collectionId: randomUUID(),
    project: projectOf(options),
    requestedFor: options.requestedFor ?? someone,
    personalAccessToken: options.personalAccessToken ?? randomUUID(),
    url: '',
    pipelines: new Map(),
    builds: new Map(),
    endpoints: new Map(),
    permissions: new Map(),
    subscriptions: new Map(),
    notifications: [],
    queueMessages: [],
    jobTokens: new Map(),
    requests: [],
    faults: { signInPage: false, readsUntilReady: 0, answers: new Map() },
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
