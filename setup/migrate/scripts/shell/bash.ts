import type { Scope } from '../../read/scope.ts';
import { unknown } from '../../read/value.ts';
import { type Node, childrenOf, fieldsOf, parseScript } from '../grammars.ts';
import { type Mask, mask } from '../masks.ts';
import type { Reading, Request } from '../request.ts';
import { Commands } from './bash-commands.ts';
import { readRedirects } from './bash-redirects.ts';
import { ShellWords } from './bash-variables.ts';
import { wordText, words } from './bash-words.ts';

/** Names that a command has more often than a variable: in a script `$(date)` is what date prints. */
const commands = new Set(
  'arch cat date env hostname id ls mktemp nproc pwd tput true tty uname uptime uuidgen whoami jq git'.split(
    ' ',
  ),
);

const positions = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const branching = ['if_statement', 'case_statement', 'while_statement', 'ternary_expression'];

/** What a part of a script runs with. */
interface Context {
  readonly stdin: string | undefined;
  readonly isConditional: boolean;
  readonly isAnswerUsed: boolean;
  readonly depth: number;
}

/** Follows a script from its first line to its last, both ways where it branches, and keeps the calls. */
class Shell {
  readonly requests: Request[] = [];
  readonly work: number[] = [];
  readonly #words: ShellWords;
  readonly #functions = new Map<string, Node>();
  readonly #commands = new Commands();

  constructor(mask: Mask, scope: Scope, parameters: readonly string[]) {
    this.#words = new ShellWords(mask, scope, (node) => this.#outputOf(node));
    parameters.forEach((each, index) => this.#words.variables.set(String(index + 1), each));
  }

  #outputOf(substitution: Node): string {
    const outputs = childrenOf(substitution).map((child) =>
      this.run(child, { ...outermost, depth: 1, isAnswerUsed: true }),
    );
    return (outputs.at(-1) ?? '').replace(/\n+$/, '');
  }

  /** Runs a node; what it prints. */
  run(node: Node, context: Context): string {
    switch (node.type) {
      case 'command':
        return this.#command(node, context);
      case 'variable_assignment':
        this.#words.assign(node);
        return '';
      case 'declaration_command':
        for (const child of childrenOf(node))
          if (child.type === 'variable_assignment') this.#words.assign(child);
        return '';
      case 'function_definition':
        this.#functions.set(fieldsOf(node, 'name')[0]?.text ?? '', node);
        return '';
      case 'pipeline':
        return this.#pipe(childrenOf(node), context);
      case 'redirected_statement':
        return this.#redirected(node, context);
      case 'for_statement':
        return this.#loop(node, context);
      case 'list':
        return this.#list(node, context);
      case 'comment':
        return '';
      default:
        return branching.includes(node.type)
          ? this.#branch(node, context)
          : this.#sequence(childrenOf(node), context);
    }
  }

  #sequence(nodes: readonly Node[], context: Context): string {
    return nodes.map((node) => this.run(node, context)).join('');
  }

  #list(node: Node, context: Context): string {
    const [left, right] = childrenOf(node);
    const isOr = node.children.some((child) => child?.type === '||');
    const first = left === undefined ? '' : this.run(left, context);
    if (right === undefined) return first;
    return first + this.run(right, { ...context, isConditional: context.isConditional || isOr });
  }

  #pipe(nodes: readonly Node[], context: Context): string {
    let { stdin } = context;
    nodes.forEach((node, index) => {
      const isLast = index === nodes.length - 1;
      stdin = this.run(node, { ...context, stdin, isAnswerUsed: context.isAnswerUsed || !isLast });
    });
    return stdin ?? '';
  }

  #branch(node: Node, context: Context): string {
    const clauses = ['else_clause', 'elif_clause', 'case_item'];
    const isClause = ({ type }: Node) => clauses.includes(type);
    const others = childrenOf(node).filter(isClause);
    const ways = [childrenOf(node).filter((child) => !isClause(child)), ...others.map((each) => [each])];
    const isExhaustive = others.some(({ type, text }) => type === 'else_clause' || text.startsWith('*)'));
    this.#words.variables.branch(
      ways.map((way) => () => this.#sequence(way, { ...context, isConditional: true })),
      isExhaustive,
    );
    return unknown(`the output of ${node.type.replace('_', ' ')}`);
  }

  /** A loop over words is run for each of them; of files, once, with their pattern. */
  #loop(node: Node, context: Context): string {
    const [variable] = fieldsOf(node, 'variable');
    const values = fieldsOf(node, 'value').flatMap((value) => words(value, this.#words));
    const [body] = fieldsOf(node, 'body');
    if (variable === undefined || body === undefined) return '';
    const isUnknown = values.length === 0 || values.some((value) => value.includes('\uE000'));
    for (const value of isUnknown ? [unknown(`${variable.text}, one of a loop`)] : values) {
      this.#words.variables.set(variable.text, value);
      this.run(body, { ...context, isConditional: context.isConditional || isUnknown });
    }
    return '';
  }

  #redirected(node: Node, context: Context): string {
    const [body] = fieldsOf(node, 'body');
    const {
      stdin = context.stdin,
      rest,
      target,
      isAppended,
    } = readRedirects(node, this.#words, this.#commands);
    const isAnswerUsed = context.isAnswerUsed || rest.length > 0;
    let output = body === undefined ? '' : this.run(body, { ...context, stdin, isAnswerUsed });
    if (rest.length > 0) output = this.#pipe(rest, { ...context, stdin: output });
    if (target === undefined) return output;
    this.#commands.write(target, output, isAppended);
    return '';
  }

  #command(node: Node, context: Context): string {
    const [name] = fieldsOf(node, 'name');
    for (const child of childrenOf(node)) if (child.type === 'variable_assignment') this.#words.assign(child);
    if (name === undefined) return '';
    const all = [
      wordText(childrenOf(name)[0] ?? name, this.#words),
      ...fieldsOf(node, 'argument').flatMap((each) => words(each, this.#words)),
    ];
    const herestring = fieldsOf(node, 'redirect').find(({ type }) => type === 'herestring_redirect');
    const [text] = herestring === undefined ? [] : childrenOf(herestring);
    const stdin = text === undefined ? context.stdin : wordText(text, this.#words);
    const called = this.#functions.get(all[0] ?? '');
    if (called !== undefined && context.depth < 10) return this.#call(called, all.slice(1), context);
    const { output, requests, isWork } = this.#commands.run(all, stdin, node.text);
    const row = node.startPosition.row;
    for (const request of requests)
      this.requests.push({
        ...request,
        row,
        isConditional: context.isConditional,
        isAnswerUsed: context.isAnswerUsed,
      });
    if (isWork && context.depth === 0) this.work.push(row);
    return output;
  }

  #call(definition: Node, parameters: readonly string[], context: Context): string {
    const before = positions.map((each) => [each, this.#words.variables.get(each)] as const);
    positions.forEach((each, index) => this.#words.variables.set(each, parameters[index] ?? ''));
    const [body] = fieldsOf(definition, 'body');
    const output = body === undefined ? '' : this.run(body, { ...context, depth: context.depth + 1 });
    for (const [name, value] of before) if (value !== undefined) this.#words.variables.set(name, value);
    return output;
  }
}

const outermost: Context = { stdin: undefined, isConditional: false, isAnswerUsed: false, depth: 0 };

/** Reads a script of Bash or another shell of its kind. @param parameters the script's arguments */
export async function readBash(
  text: string,
  scope: Scope,
  parameters: readonly string[] = [],
): Promise<Reading> {
  const masked = mask(text, scope, {
    isMacro: (name) => scope.isDeclared(name) || !commands.has(name),
  });
  const root = await parseScript('bash', masked.masked);
  const shell = new Shell(masked, scope, parameters);
  shell.run(root, outermost);
  const statements = childrenOf(root).map((node) => [node.startPosition.row, node.endPosition.row] as const);
  return { requests: shell.requests, work: shell.work, statements };
}
