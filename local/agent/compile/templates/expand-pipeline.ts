import { refuse } from '../../errors.ts';
import { Parameters } from '../../expressions/values.ts';
import type { TemplateReference } from '../../types.ts';
import { Fields, textOf } from '../../yaml/fields.ts';
import {
  type Given,
  listOfType,
  readParameters,
  refuseExpressions,
  valueOf,
} from '../../yaml/read-parameters.ts';
import { type Entry, type Mapping, type Node, type Scalar, entryOf, parseYaml } from '../../yaml/tree.ts';
import { type ListName, type Scope, expandTemplate } from './expand.ts';
import type { Repositories } from './repositories.ts';
import { type TemplateFile, findFile, isSameFile, nameOf, readTemplate } from './template-file.ts';

/** A file while it is expanded, below the files that led to it. */
interface Frame {
  readonly files: readonly [TemplateFile, ...TemplateFile[]];
  readonly repositories: Repositories;
}

export interface ExpandedPipeline {
  readonly root: Node;
  /** What the pipeline extends, the template that it names first. */
  readonly extended: readonly TemplateReference[];
}

/** Replaces every `${{ }}` of a pipeline, `extends` and the templates in its lists. Throws `PipelineError`. */
export function expandPipeline(
  root: Node,
  parameters: Parameters,
  { file, repositories }: { file: TemplateFile; repositories: Repositories },
): ExpandedPipeline {
  return expandRoot(root, scopeOf({ files: [file], repositories }, parameters));
}

interface FileScope extends Scope {
  readonly frame: Frame;
}

function scopeOf(frame: Frame, parameters: Parameters): FileScope {
  const scope: FileScope = {
    frame,
    parameters,
    // Arguments see what the place of the reference sees, a loop's value among it.
    include: (reference, list, inner) => includeList(reference, list, { ...scope, ...inner }),
  };
  return scope;
}

/** What is read before there is a run. */
const literalKeys = ['trigger', 'pr', 'schedules'];

function expandRoot(root: Node, scope: FileScope): ExpandedPipeline {
  literalKeys.flatMap((key) => entryOf(root, key) ?? []).forEach(refuseExpressions);
  // `parameters:` are read as they stand.
  const own = expandTemplate(without(root, 'parameters', 'extends'), scope);
  const reference = entryOf(root, 'extends');
  if (reference === undefined || own.kind !== 'mapping') return { root: own, extended: [] };
  refuseKeys(own, ({ text }) => ['stages', 'jobs', 'steps'].includes(text));
  const template = openTemplate(reference, scope);
  const inner = expandRoot(template.root, template.scope);
  const { path, repository } = template.file;
  const { type, name, ref } = repository;
  return {
    root: { ...own, entries: [...own.entries, ...newEntries(inner.root, own)] },
    extended: [{ type, repository: name, ref, path }, ...inner.extended],
  };
}

/** What a template brings to the pipeline that extends it. */
function newEntries(template: Node, own: Mapping): readonly Entry[] {
  if (template.kind !== 'mapping') return refuse(template.at, 'A mapping was expected');
  for (const { key } of template.entries) {
    if (key.text === 'resources') refuse(key.at, "the local agent does not know 'resources' in a template");
    if (entryOf(own, key.text) !== undefined) refuse(key.at, `'${key.text}' is already defined`);
  }
  return template.entries;
}

/** The items that stand in a list in the place of a reference. */
function includeList(reference: Node, list: ListName, from: FileScope): readonly Node[] {
  const { root, scope } = openTemplate(reference, from);
  refuseKeys(root, ({ text }) => text !== 'parameters' && text !== list);
  const items = entryOf(root, list);
  const expanded = items === undefined ? undefined : expandTemplate(items, scope, list);
  if (expanded?.kind === 'sequence') return expanded.items;
  if (expanded?.kind === 'mapping' && list === 'variables') return expanded.entries.map(variableOf);
  return [];
}

const variableOf = ({ key, value }: Entry): Mapping => {
  const word = (text: string): Scalar => ({ kind: 'scalar', at: key.at, text });
  const entries = [
    { key: word('name'), value: key },
    { key: word('value'), value },
  ];
  return { kind: 'mapping', at: key.at, entries };
};

function openTemplate(reference: Node, from: FileScope) {
  const fields = new Fields(reference, 'a reference to a template');
  const name = fields.take('template') ?? refuse(reference.at, "a reference to a template needs 'template'");
  const given = fields.take('parameters');
  fields.end();
  const { files, repositories } = from.frame;
  const file = findFile(textOf(expandTemplate(name, from), 'template'), files[0], repositories);
  // The service goes round until it is too deep.
  if (files.some((each) => isSameFile(each, file))) refuse(nameOf(file), 'Maximum object depth exceeded');
  const root = parseYaml(readTemplate(file, files[0]), nameOf(file));
  // A template that declares nothing takes anything.
  const isDeclaring = entryOf(root, 'parameters') !== undefined;
  const parameters = readParameters(root, argumentsOf(isDeclaring ? given : undefined, from), reference.at);
  const scope = scopeOf({ repositories, files: [file, ...files] }, new Parameters(parameters));
  return { file, root, scope };
}

/** Values of parameters are what their expressions give where the template is used. */
function argumentsOf(node: Node | undefined, from: FileScope): Given {
  if (node === undefined) return new Map();
  if (node.kind !== 'mapping') return refuse(node.at, "'parameters' must be a mapping");
  return new Map(
    node.entries.map(({ key, value }) => [
      key.text,
      (type: string) => valueOf(type, expandTemplate(value, from, listOfType(type))),
    ]),
  );
}

const without = (root: Node, ...keys: string[]): Node =>
  root.kind === 'mapping'
    ? { ...root, entries: root.entries.filter(({ key }) => !keys.includes(key.text)) }
    : root;

function refuseKeys(root: Node, isWrong: (key: Scalar) => boolean): void {
  const wrong = root.kind === 'mapping' ? root.entries.find(({ key }) => isWrong(key)) : undefined;
  if (wrong !== undefined) refuse(wrong.key.at, `Unexpected value '${wrong.key.text}'`);
}
