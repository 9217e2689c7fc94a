import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalPort, startPort } from '../../local/port/index.ts';
import { type PortUser, signInToPort } from '../../local/port-user.ts';
import type { Clock } from '../../tasks/common/clock.ts';
import type { TaskRun } from '../../tasks/common/main.ts';
import { FakeHost, type FakeHostOptions, runTask } from './fake-host.ts';

/** A local Port, a sources directory, and a task with credentials for that Port. */
export interface TaskSetting {
  readonly port: LocalPort;
  readonly user: PortUser;
  readonly folder: string;
  /** Runs the task in this process; its waits take no time. */
  run(inputs?: Readonly<Record<string, string>>, options?: RunOptions): Promise<Ran>;
  addBlueprint(blueprint: NewBlueprint): Promise<void>;
  addEntity(blueprint: string, entity: Readonly<Record<string, unknown>>): Promise<void>;
  /** An action that calls nobody: its runs stay open until somebody ends them. */
  addAction(action: NewAction): Promise<void>;
  /** A workflow whose nodes come one after the other, and wait until somebody reports on them or answers them. */
  addWorkflow(workflow: NewWorkflow): Promise<void>;
  /** Method and path of every request of the task but its sign-ins. */
  calls(): readonly string[];
  close(): Promise<void>;
}

export interface RunOptions extends FakeHostOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly host?: (host: FakeHost) => void;
  /** Another entry of the task; its main step when left out. */
  readonly task?: TaskRun;
}

export interface Ran {
  readonly host: FakeHost;
  readonly result: string;
  readonly message: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface NewBlueprint {
  readonly identifier: string;
  /** JSON schemas by name; a text stands for a type. */
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly relations?: Readonly<Record<string, { target: string; many?: boolean; required?: boolean }>>;
}

export interface NewAction {
  readonly identifier: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly trigger?: Readonly<Record<string, unknown>>;
  readonly requiredApproval?: boolean;
}

export interface NewWorkflow {
  readonly identifier: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly nodes: readonly { readonly identifier: string; readonly title?: string; readonly type: string }[];
}

export async function startTaskSetting(task: TaskRun): Promise<TaskSetting> {
  const port = await startPort();
  const user = await signInToPort(port);
  const folder = mkdtempSync(join(tmpdir(), 'sources-'));
  const places = { 'Build.SourcesDirectory': folder, 'Agent.TempDirectory': join(folder, '_temp') };
  const { clientId, clientSecret, url: baseUrl } = port;
  return {
    port,
    user,
    folder,
    async run(inputs = {}, options = {}) {
      const host = new FakeHost({
        ...options,
        inputs: { clientId, clientSecret, baseUrl, ...inputs },
        variables: { ...places, ...options.variables },
      });
      options.host?.(host);
      const { clock = swiftClock(), signal } = options;
      const ended = await runTask(options.task ?? task, host, {
        clock,
        ...(signal !== undefined && { signal }),
      });
      const summary = host.summaries.map((file) => readFileSync(file, 'utf8')).join('\n');
      return { host, ...ended, outputs: host.outputs, summary };
    },
    addBlueprint: (blueprint) => addBlueprint(user, blueprint),
    async addEntity(blueprint, entity) {
      await user.call('POST', `/v1/blueprints/${blueprint}/entities?upsert=true`, entity);
    },
    addAction: (action) => addAction(user, action),
    addWorkflow: (workflow) => addWorkflow(user, workflow),
    calls: () =>
      port.requests
        .filter(({ headers }) => headers['user-agent']?.startsWith('azure-devops-extension/'))
        .map(({ method, path }) => `${method} ${path}`)
        .filter((call) => !call.endsWith('/auth/access_token')),
    async close() {
      await port.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Time passes when somebody sleeps. @param onSleep called instead of waiting, with the sum of all sleeps in ms. */
export function swiftClock(onSleep: (slept: number) => void | Promise<void> = () => undefined): Clock {
  let slept = 0;
  return {
    now: () => Date.now() + slept,
    elapsed: () => performance.now() + slept,
    random: () => 0.5,
    async sleep(milliseconds) {
      slept += milliseconds;
      await onSleep(slept);
    },
  };
}

async function addBlueprint(user: PortUser, { identifier, properties = {}, relations = {} }: NewBlueprint) {
  const schemas = Object.entries(properties).map(([name, schema]) => [
    name,
    typeof schema === 'string' ? { type: schema, title: name } : schema,
  ]);
  const full = Object.entries(relations).map(([name, relation]) => [
    name,
    { many: false, required: false, ...relation },
  ]);
  await user.call('POST', '/v1/blueprints', {
    identifier,
    title: identifier,
    schema: { properties: Object.fromEntries(schemas) as object, required: [] },
    relations: Object.fromEntries(full) as object,
  });
}

async function addAction(user: PortUser, { identifier, inputs = {}, trigger, requiredApproval }: NewAction) {
  await user.call('POST', '/v1/actions', {
    identifier,
    trigger: {
      type: 'self-service',
      operation: 'CREATE',
      userInputs: { properties: inputs, required: [] },
      ...trigger,
    },
    invocationMethod: { type: 'KAFKA', payload: {} },
    ...(requiredApproval !== undefined && { requiredApproval }),
  });
}

async function addWorkflow(
  user: PortUser,
  { identifier, inputs = {}, required = [], nodes }: NewWorkflow,
): Promise<void> {
  const userInputs = { properties: inputs, required };
  const form = { identifier: 'form', config: { type: 'SELF_SERVE_TRIGGER', userInputs } };
  const input = { properties: {}, buttons: [{ identifier: 'approve' }] };
  const chain = nodes.map(({ type, ...node }) => ({
    ...node,
    config: { type, ...(type === 'INPUT' && { userInputs: input }) },
  }));
  const connections = chain.map((node, index) => {
    const before = nodes[index - 1];
    return {
      sourceIdentifier: before?.identifier ?? 'form',
      targetIdentifier: node.identifier,
      ...(before?.type === 'INPUT' && { sourceOutletIdentifier: 'approve' }),
    };
  });
  await user.call('POST', '/v1/workflows', { identifier, nodes: [form, ...chain], connections });
}
