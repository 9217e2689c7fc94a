/** An Azure Pipelines agent on one machine: installs a packaged extension and runs pipeline YAML as the real one does. */
export { createAgent, type LocalAgent } from './agent.ts';
export { PipelineError } from './errors.ts';
export { installExtension, type InstalledExtension, type InstalledTask } from './extension/install.ts';
export type { AgentOptions, AgentTimings } from './settings.ts';
export { passesFilters, readTriggers, type Triggers, type WebhookTrigger } from './yaml/triggers.ts';
export * from './types.ts';
