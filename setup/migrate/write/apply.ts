import { type Node, type YAMLMap, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Analysis } from '../analysis.ts';
import type { ReadScript } from '../calls.ts';
import { textAt, textOf, valueOf } from '../read/yaml.ts';
import type { JobPlan } from '../replace/plan.ts';
import { printLast } from '../replace/print.ts';
import { type TaskStep, printStep } from '../replace/task-step.ts';
import { cutCalls } from './cut.ts';
import { givenBy } from './given.ts';
import { obstaclesIn } from './obstacles.ts';
import { ItemChanges, type Splice, behind, itemAt, lastItem, spliced } from './splices.ts';

/** The changed file, or why it cannot be changed whole. */
export type Change = { readonly text: string } | { readonly obstacles: readonly string[] };

/** Puts the steps of a plan into the text of the file; every other character stays. */
class Writer {
  readonly #text: string;
  readonly #analysis: Analysis;
  readonly #items: ItemChanges;
  readonly #others: Splice[] = [];
  readonly obstacles: string[] = [];

  constructor(text: string, analysis: Analysis) {
    this.#text = text;
    this.#analysis = analysis;
    this.#items = new ItemChanges(text);
  }

  write(): string {
    const { plan } = this.#analysis;
    const removed = plan.jobs.filter(({ isRemoved }) => isRemoved);
    for (const each of plan.jobs) if (!each.isRemoved) this.#change(each);
    const names = this.#remove(removed);
    this.#unlink(names);
    this.#addLast();
    this.#checkLists();
    const splices = this.#items.splices();
    if (splices === undefined) this.obstacles.push('its steps are in a list on one line');
    const text = spliced(this.#text, [...(splices ?? []), ...this.#others]);
    this.#checkNames(text, names);
    return text;
  }

  #change({ job, top, inPlace, end }: JobPlan): void {
    for (const [script, steps] of inPlace) if (script.calls.length > 0) this.#replace(script, steps);
    const [first] = (job.steps?.items ?? []) as readonly Node[];
    const last = lastItem(job.steps);
    if (first !== undefined) this.#items.of(first).before.unshift(...top.map(printStep));
    if (last !== undefined) this.#items.of(last).after.push(...end.map(printStep));
  }

  #replace(script: ReadScript, steps: readonly TaskStep[]): void {
    const change = this.#items.of(script.script.place.step);
    const printed = steps.map(printStep);
    if (script.reading.work.length === 0) {
      change.own = undefined;
      change.before.push(...printed);
      return;
    }
    const cut = cutCalls(script, steps.length > 0);
    const item = itemAt(this.#text, script.script.place.step);
    if (cut === undefined || item === undefined) {
      this.obstacles.push(
        `line ${script.script.firstLine}: the script does more than call Port, and the calls cannot be cut out`,
      );
      return;
    }
    change.own = this.#without(
      item.start,
      item.end,
      new Set([...cut.rows].map((row) => row + script.script.firstLine)),
    );
    change[cut.side].push(...printed);
  }

  /** @param lines numbers of lines of the file, from 1 */
  #without(start: number, end: number, lines: ReadonlySet<number>): string {
    const first = this.#text.slice(0, start).split('\n').length;
    return this.#text
      .slice(start, end)
      .split('\n')
      .filter((_line, index) => !lines.has(first + index))
      .join('\n');
  }

  /** Takes jobs away, and stages that have no job left. The names of what went. */
  #remove(removed: readonly JobPlan[]): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { job } of removed) {
      const siblings = this.#analysis.plan.jobs.filter((each) => each.job.stage === job.stage);
      const stage = siblings.every(({ isRemoved }) => isRemoved) ? job.stage : undefined;
      const gone = stage ?? job.node;
      if (gone === undefined) continue;
      names.add(stage === undefined ? job.name : textAt(stage, 'stage'));
      this.#items.of(gone).own = undefined;
    }
    return names;
  }

  /** What stays no longer waits for what went, nor reads its outputs. */
  #unlink(names: ReadonlySet<string>): void {
    for (const { job, isRemoved } of this.#analysis.plan.jobs) {
      if (isRemoved) continue;
      for (const map of new Set([job.node, job.stage])) if (map !== undefined) this.#unlinkIn(map, names);
    }
  }

  #unlinkIn(map: YAMLMap, names: ReadonlySet<string>): void {
    this.#unlinkVariables(map, names);
    const waits = valueOf(map, 'dependsOn');
    const list = isSeq(waits) ? waits.items : [waits];
    const kept = list
      .filter((each) => isScalar(each) && !names.has(String(each.value)))
      .map((each) => String((each as { value: unknown }).value));
    if ((isSeq(waits) || isScalar(waits)) && kept.length < list.length) {
      const [start = 0, end = 0] = waits.range ?? [];
      const isBlock = isSeq(waits) && waits.flow !== true;
      const from = isBlock ? this.#text.lastIndexOf(':', start) + 1 : start;
      this.#others.push({
        start: from,
        end: from + this.#text.slice(from, end).trimEnd().length,
        text: `${isBlock ? ' ' : ''}[${kept.join(', ')}]`,
      });
    }
  }

  #unlinkVariables(map: YAMLMap, names: ReadonlySet<string>): void {
    const variables = valueOf(map, 'variables');
    if (!isMap(variables)) return;
    const isGone = (value: unknown) =>
      [...names].some((name) => new RegExp(`ependencies\\.${name}\\b`).test(textOf(value)));
    const gone = variables.items.filter(({ value }) => isGone(value));
    const whole = map.items.find(({ key }) => textOf(key) === 'variables');
    for (const { key, value } of gone.length === variables.items.length && whole !== undefined
      ? [whole]
      : gone)
      if (gone.length > 0) this.#others.push(linesOf(this.#text, key, value));
  }

  #addLast(): void {
    const { plan, file } = this.#analysis;
    if (plan.last === undefined) return;
    const list = file.document.get(plan.hasStages ? 'stages' : 'jobs');
    const last = isSeq(list) ? lastItem(list) : undefined;
    const added = last === undefined ? undefined : behind(this.#text, last, printLast(plan.last, plan));
    if (added === undefined) this.obstacles.push('there is no list of stages or jobs to add the last one to');
    else this.#others.push(added);
  }

  /** A list of steps that nothing is left of would be no list. */
  #checkLists(): void {
    for (const { job, isRemoved } of this.#analysis.plan.jobs) {
      if (isRemoved) continue;
      for (const list of new Set(job.scripts.map(({ script }) => script.place.steps)))
        if (list?.items.every((item) => this.#items.isGone(item as Node)))
          this.obstacles.push(
            `no step would be left in a list of ${job.name === '' ? 'the file' : job.name}`,
          );
    }
  }

  /** What went may have given something to what stays. */
  #checkNames(text: string, names: ReadonlySet<string>): void {
    const gone = this.#analysis.scripts
      .filter(({ calls, reading }) => calls.length > 0 && reading.work.length === 0)
      .map(({ script }) => script);
    for (const { name } of givenBy(gone, names).filter(({ isReadIn }) => isReadIn(text)))
      this.obstacles.push(`${name} goes, and something else reads what it gave`);
  }
}

/** The lines of a key and its value. */
function linesOf(text: string, key: unknown, value: unknown): Splice {
  const [from = 0] = (key as Node).range ?? [];
  const [start = from, end = from] = (value as Node | null)?.range ?? [];
  const last = start + text.slice(start, end).trimEnd().length;
  const next = text.indexOf('\n', last);
  return { start: text.lastIndexOf('\n', from) + 1, end: next < 0 ? text.length : next + 1, text: '' };
}

/** Changes a pipeline's text. A file that cannot be changed whole is not changed at all. */
export function changed(text: string, analysis: Analysis): Change {
  const obstacles = [...obstaclesIn(analysis)];
  if (obstacles.length > 0) return { obstacles };
  const writer = new Writer(text, analysis);
  const result = writer.write();
  const document = parseDocument(result);
  if (document.errors.length > 0 || !isMap(document.contents))
    writer.obstacles.push('the changed file would not be a pipeline');
  return writer.obstacles.length > 0 ? { obstacles: writer.obstacles } : { text: result };
}
