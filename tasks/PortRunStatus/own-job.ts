import type { Host } from '../common/agent/host.ts';
import { type PipelineResult, parseResult, plainWord } from '../common/agent/pipeline-result.ts';

/** Hooks of a deployment job that are one among others; `deploy` may be the only one. */
const partialHook = /^(?:predeploy|routetraffic|postroutetraffic|onsuccess|onfailure)/;

/**
 * How this job has ended so far; undefined outside of an agent's job. The hook `on: failure` of a deployment job runs since another
 * hook has failed, which the job's own status does not tell.
 */
export function jobResult(host: Pick<Host, 'variable'>): PipelineResult | undefined {
  const own = parseResult(host.variable('Agent.JobStatus'));
  const isGood = own === 'succeeded' || own === 'partial';
  return isGood && hookOf(host)?.startsWith('onfailure') === true ? 'failed' : own;
}

/** What `track` has to say in a job that is a part of a deployment job; undefined in every other. */
export function hookWarning(host: Pick<Host, 'variable'>): string | undefined {
  if (hookOf(host) === undefined) return undefined;
  return `This step tracks the hook ${host.variable('System.JobName')} of a deployment job, which Azure DevOps runs as a job of its own: the run in Port can end with this hook, and miss what the others do. Use status: inProgress here, and report the end from a later job or stage with status: auto and scope: pipeline.`;
}

/** Of a deployment job alone Azure DevOps tells the environment; its hooks are named as in `PreDeploy`, in rolling ones `PreDeploy_vm1`. */
function hookOf(host: Pick<Host, 'variable'>): string | undefined {
  const name = plainWord(host.variable('System.JobName') ?? '');
  return host.variable('Environment.Name') !== undefined && partialHook.test(name) ? name : undefined;
}
