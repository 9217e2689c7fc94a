import { refuse } from '../errors.ts';
import { Fields, textsOf } from './fields.ts';
import type { VariableDefinition } from './pipeline.ts';
import type { Node } from './tree.ts';

/** Reads `variables:`, a mapping or a list. */
export function readVariables(node: Node | undefined): VariableDefinition[] {
  if (node === undefined) return [];
  if (node.kind === 'sequence') return node.items.map(readDefinition);
  const { at } = node;
  return Object.entries(textsOf(node, 'variables')).map(([name, value]) => ({
    at,
    name,
    value,
    isReadOnly: false,
  }));
}

function readDefinition(node: Node): VariableDefinition {
  const fields = new Fields(node, 'a variable');
  const name = fields.text('name');
  const value = fields.text('value') ?? '';
  const isReadOnly = fields.flag('readonly', false);
  fields.end();
  if (name === undefined) return refuse(node.at, "a variable needs 'name'");
  return { at: node.at, name, value, isReadOnly };
}
