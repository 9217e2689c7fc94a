import { type Structured, isStructuredList } from '../../common/structured-text/parse.ts';
import { type Draft, readDraft, textOf } from './draft.ts';
import type { EntitySource, SourceEntry } from './entity-source.ts';
import { IdentifierTable, hashOf } from './identifier-table.ts';
import { References } from './references.ts';
import type { Warnings } from './warnings.ts';

/** So many problems of entities are listed one by one. */
const mostProblems = 50;

/** A relation of a blueprint that entities of the input have. */
export interface RelationOfBlueprint {
  /** Position in `Survey.blueprints`. */
  readonly blueprint: number;
  readonly name: string;
}

/** What a first pass over all entities found out; a few bytes for each, however large it is. */
export interface Survey {
  readonly count: number;
  readonly blueprints: readonly string[];
  readonly table: IdentifierTable;
  readonly relations: readonly RelationOfBlueprint[];
  /** What entities relate to. */
  readonly references: References;
}

export interface SurveyOptions {
  readonly blueprint: string | undefined;
  readonly warnings: Warnings;
  readonly problem: (text: string) => void;
}

/** Reads every entity once and reports all problems: syntax, form, identifiers, doubled entities. */
export async function surveyEntities(source: EntitySource, options: SurveyOptions): Promise<Survey> {
  const surveyor = new Surveyor(options);
  for await (const entries of source.read({ isWanted: () => true, isChecked: false })) {
    for (const entry of entries) surveyor.add(entry);
  }
  return surveyor.finish();
}

class Surveyor {
  readonly #options: SurveyOptions;
  readonly #blueprints = new Positions<string>();
  readonly #relations = new Positions<RelationOfBlueprint>();
  readonly #references = new References();
  readonly #table = new IdentifierTable();
  readonly #problems: string[] = [];
  #problemCount = 0;

  constructor(options: SurveyOptions) {
    this.#options = options;
  }

  add(entry: SourceEntry): void {
    const { index, place, problem, value } = entry;
    const addProblem = (text: string) => this.#addProblem(`${place()}: ${text}.`);
    if (problem !== undefined) addProblem(problem);
    const draft = problem === undefined ? readDraft(value, this.#options.blueprint, addProblem) : undefined;
    if (draft !== undefined) this.#options.warnings.check(draft);
    if (draft === undefined || typeof draft.identifier !== 'string') {
      this.#table.skip();
      return;
    }
    const blueprint = this.#blueprints.of(draft.blueprint, draft.blueprint);
    const earlier = this.#table.add(draft.identifier, blueprint);
    if (earlier >= 0 && draft.identifier !== '') {
      addProblem(
        `entity "${draft.identifier}" of blueprint "${draft.blueprint}" stands in the input twice, first as entity ${earlier + 1}`,
      );
    }
    this.#addReferences(index, blueprint, draft);
  }

  finish(): Survey {
    for (const problem of this.#problems) this.#options.problem(problem);
    const rest = this.#problemCount - this.#problems.length;
    if (rest > 0) this.#options.problem(`... and ${rest} more problems like these.`);
    return {
      count: this.#table.count,
      blueprints: this.#blueprints.all,
      table: this.#table,
      relations: this.#relations.all,
      references: this.#references,
    };
  }

  #addReferences(index: number, blueprint: number, { relations }: Draft): void {
    for (const [name, value] of Object.entries(relations ?? {})) {
      const relation = this.#relations.of(`${blueprint} ${name}`, { blueprint, name });
      for (const related of isStructuredList(value) ? value : [value])
        this.#addReference(index, relation, related);
    }
  }

  #addReference(index: number, relation: number, related: Structured): void {
    const identifier = textOf(related);
    if (identifier === undefined) return;
    this.#references.add({ entity: index, relation, hash: hashOf(identifier) });
  }

  #addProblem(text: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < mostProblems) this.#problems.push(text);
  }
}

/** Gives each key a small number, in the order of their first use. */
class Positions<Value> {
  readonly #known = new Map<string, number>();
  readonly all: Value[] = [];

  of(key: string, value: Value): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.all.length);
    return this.all.push(value) - 1;
  }
}
