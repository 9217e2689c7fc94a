import { refuse } from '../errors.ts';
import { Fields } from './fields.ts';
import type { Job, Pipeline, Stage } from './pipeline.ts';
import { readJob } from './read-job.ts';
import { readPool, usualImage } from './read-pool.ts';
import { readVariables } from './read-variables.ts';
import type { Mapping, Node } from './tree.ts';

/** Keys of the root that start runs: no matter once a run was asked for. */
const triggers = ['trigger', 'pr', 'schedules', 'lockBehavior', 'appendCommitMessageToRunName'];

/** Reads an expanded pipeline. Throws `PipelineError` for what is wrong and for what the local agent does not know. */
export function readPipeline(root: Node): Pipeline {
  const fields = new Fields(root, 'a pipeline');
  fields.ignore(...triggers);
  readResources(fields.take('resources'));
  const name = fields.take('name');
  const variables = readVariables(fields.take('variables'));
  const stages = readStages(fields, root, readPool(fields.take('pool')) ?? usualImage);
  fields.end();
  checkNames(stages);
  return {
    name: name === undefined ? undefined : { text: nameText(name), at: name.at },
    variables,
    stages,
  };
}

const nameText = (node: Node) =>
  node.kind === 'scalar' ? node.text : refuse(node.at, "A mapping was not expected: 'name' needs text");

function readResources(node: Node | undefined): void {
  if (node === undefined) return;
  const fields = new Fields(node, 'resources');
  fields.ignore('webhooks', 'repositories');
  fields.end();
}

function readStages(fields: Fields, root: Node, pool: string): Stage[] {
  if (fields.has('stages')) {
    const stages: Stage[] = [];
    fields.list('stages').forEach((node) => stages.push(readStage(node, stages.at(-1)?.name, pool)));
    if (stages.length === 0) refuse(fields.at, 'the pipeline has no stages');
    return stages;
  }
  const nodes = fields.has('jobs') ? fields.list('jobs') : [implicitJob(fields, root)];
  const jobs = nodes.map((node) => readJob(node, pool));
  const implicit = { name: '__default', displayName: '__default', at: fields.at };
  return [{ ...implicit, dependsOn: [], condition: undefined, variables: [], jobs, isImplicit: true }];
}

/** Steps at the root stand in one job called Job. */
function implicitJob(fields: Fields, root: Node): Mapping {
  const keys = ['steps', 'strategy', 'continueOnError', 'timeoutInMinutes', 'container', 'workspace'];
  const entries = keys.flatMap((text) => {
    const value = fields.take(text);
    return value === undefined ? [] : [{ key: { kind: 'scalar' as const, at: value.at, text }, value }];
  });
  if (!entries.some(({ key }) => key.text === 'steps')) fields.end();
  const name = { kind: 'scalar' as const, at: root.at, text: 'Job' };
  return {
    kind: 'mapping',
    at: root.at,
    entries: [{ key: { ...name, text: 'job' }, value: name }, ...entries],
  };
}

function readStage(node: Node, previous: string | undefined, pool: string): Stage {
  const fields = new Fields(node, 'a stage');
  const name =
    fields.text('stage') ?? refuse(node.at, "the local agent does not know a stage without 'stage:'");
  const image = readPool(fields.take('pool')) ?? pool;
  const stage = {
    at: node.at,
    name,
    displayName: fields.text('displayName') ?? name,
    dependsOn: fields.names('dependsOn') ?? (previous === undefined ? [] : [previous]),
    condition: fields.text('condition'),
    variables: readVariables(fields.take('variables')),
    jobs: fields.list('jobs').map((job) => readJob(job, image)),
    isImplicit: false,
  };
  fields.ignore('lockBehavior', 'isSkippable');
  fields.end();
  if (stage.jobs.length === 0) refuse(node.at, `Stage ${name} has no jobs`);
  return stage;
}

interface Named {
  readonly at: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
}

function checkNames(stages: readonly Stage[]): void {
  checkGraph('Stage', stages);
  stages.forEach((stage) => checkGraph('Job', stage.jobs));
}

function checkGraph(kind: 'Stage' | 'Job', members: readonly (Stage | Job)[]): void {
  const byName = new Map<string, Named>();
  for (const one of members) {
    if (byName.has(one.name))
      refuse(one.at, `The ${kind.toLowerCase()} name ${one.name} appears more than once`);
    byName.set(one.name, one);
  }
  for (const one of members) {
    const unknown = one.dependsOn.find((name) => !byName.has(name));
    if (unknown !== undefined)
      refuse(one.at, `${kind} ${one.name} depends on unknown ${kind.toLowerCase()} ${unknown}.`);
    checkCycle(one, byName, [one.name]);
  }
}

function checkCycle(from: Named, byName: ReadonlyMap<string, Named>, path: readonly string[]): void {
  for (const name of byName.get(path.at(-1) ?? '')?.dependsOn ?? []) {
    if (name === from.name) refuse(from.at, `The dependencies of ${from.name} form a circle`);
    if (!path.includes(name)) checkCycle(from, byName, [...path, name]);
  }
}
