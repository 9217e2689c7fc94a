/** An Azure Pipelines agent on one machine: installs a packaged extension and runs pipeline YAML as the real one does. */
export { type LocalAgent, createAgent } from './agent.ts';
export { PipelineError } from './errors.ts';
export { type InstalledExtension, type InstalledTask, installExtension } from './extension/install.ts';
export type { AgentOptions, AgentTimings } from './settings.ts';
export { type Triggers, type WebhookTrigger, readTriggers } from './yaml/triggers.ts';
export * from './types.ts';
