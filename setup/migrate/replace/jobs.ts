import { type YAMLMap, type YAMLSeq, isMap, isSeq } from 'yaml';
import type { ReadScript } from '../calls.ts';
import { jobName, jobsOf } from '../read/places.ts';
import type { PipelineFile } from '../read/scripts.ts';

/** A job of the pipeline, or its steps where it has no jobs. */
export interface Job {
  readonly node: YAMLMap | undefined;
  readonly stage: YAMLMap | undefined;
  readonly name: string;
  readonly scripts: readonly ReadScript[];
  /** Something in it does more than talk to Port. */
  readonly hasWork: boolean;
  readonly isAgentless: boolean;
  /** The list that steps are put into. */
  readonly steps: YAMLSeq | undefined;
}

const isCheckout = (step: unknown): boolean => isMap(step) && step.has('checkout');

/** Every list of steps in a job: a deployment job has several. */
function stepLists(node: unknown): YAMLSeq[] {
  if (isSeq(node)) return node.items.flatMap(stepLists);
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) =>
    String(key) === 'steps' && isSeq(value) ? [value] : stepLists(value),
  );
}

const install =
  /^(sudo\s+)?(apt-get|apt|apk|yum|dnf|pip3?)\s+(-\S+\s+)*(update|(install|add)(\s+(-\S+|jq|curl|requests))+)$/;

/** A step that only fetches the tools of the calls. */
const onlyInstalls = ({ calls, script }: ReadScript): boolean =>
  calls.length === 0 &&
  script.text.split(/\n|&&|;/).every((part) => /^\s*(#.*)?$/.test(part) || install.test(part.trim()));

function stageOf(root: unknown, job: YAMLMap): YAMLMap | undefined {
  const stages = isMap(root) ? root.get('stages') : undefined;
  if (!isSeq(stages)) return undefined;
  return stages.items.filter(isMap).find((stage) => jobsOf(stage).includes(job));
}

function jobFrom(root: unknown, node: YAMLMap | undefined, scripts: readonly ReadScript[]): Job {
  const own = scripts.filter(({ script }) => script.place.job === node);
  const lists = stepLists(node ?? root);
  const steps = lists.flatMap((list) => list.items);
  const pure = own
    .filter(({ calls, reading }) => calls.length > 0 && reading.work.length === 0)
    .map(({ script }) => script.place.step);
  const installs = own.filter(onlyInstalls).map(({ script }) => script.place.step);
  return {
    node,
    stage: node === undefined ? undefined : stageOf(root, node),
    name: node === undefined ? '' : jobName(node),
    scripts: own,
    hasWork:
      lists.length === 0 ||
      steps.some(
        (step) => !isCheckout(step) && !pure.includes(step as YAMLMap) && !installs.includes(step as YAMLMap),
      ),
    isAgentless: own.some(({ script }) => script.place.isAgentless),
    steps: own[0]?.script.place.steps ?? lists[0],
  };
}

/** The jobs of a file, in their order. */
export function readJobs({ document }: PipelineFile, scripts: readonly ReadScript[]): readonly Job[] {
  const root = document.contents;
  const nodes = jobsOf(root);
  return nodes.length === 0
    ? [jobFrom(root, undefined, scripts)]
    : nodes.map((node) => jobFrom(root, node, scripts));
}
