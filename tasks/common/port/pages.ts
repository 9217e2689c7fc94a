import type { RunId } from '../inputs/run-id.ts';
import type { PortClient } from './client/client.ts';

/** The entity's page in Port's web app. */
export function entityPage(appUrl: string, blueprint: string, identifier: string): string {
  return `${appUrl}/${encodeURIComponent(blueprint)}Entity?identifier=${encodeURIComponent(identifier.toWellFormed())}`;
}

/** The page of an action run. */
export function runPage(appUrl: string, runId: string): string {
  return `${appUrl}/organization/run?runId=${encodeURIComponent(runId)}`;
}

/** The page of a workflow run: the address that Port's own integrations send people to. */
export function workflowRunPage(appUrl: string, runId: string): string {
  return `${appUrl}/organization/workflow-run?runId=${encodeURIComponent(runId)}`;
}

/** The page in Port of a run of either kind. */
export function pageOf({ connection: { appUrl } }: Pick<PortClient, 'connection'>, runId: RunId): string {
  return runId.kind === 'action'
    ? runPage(appUrl, runId.id)
    : `${appUrl}/organization/run?nodeRunId=${encodeURIComponent(runId.id)}`;
}
