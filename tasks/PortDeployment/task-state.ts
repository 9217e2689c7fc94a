import type { Host } from '../common/agent/host.ts';

/**
 * What the main step leaves for the post-job step of the same task instance, in task variables: no other step can read or write
 * them.
 */
export interface TaskState {
  /** The end of the job is to be recorded. */
  arm(apiUrl: string): void;
  disarm(): void;
  rememberFile(path: string): void;
  readonly isArmed: boolean;
  /** The address of Port's API to which the credentials were sent. */
  readonly address: string | undefined;
  /** Where the release notes are. */
  readonly file: string | undefined;
}

const addressVariable = 'PORT_DEPLOYMENT_ADDRESS';
const fileVariable = 'PORT_DEPLOYMENT_FILE';

export function taskState(host: Pick<Host, 'taskVariable' | 'setTaskVariable'>): TaskState {
  return {
    arm: (apiUrl) => host.setTaskVariable(addressVariable, apiUrl),
    disarm: () => host.setTaskVariable(addressVariable, ''),
    rememberFile: (path) => host.setTaskVariable(fileVariable, path),
    get isArmed() {
      return this.address !== undefined;
    },
    get address() {
      return host.taskVariable(addressVariable) || undefined;
    },
    get file() {
      return host.taskVariable(fileVariable) || undefined;
    },
  };
}
