import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from '../support/loop-run.ts';

const pipelines = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^[^/]+\/[^/]+\.yml$/.test(name))
  .sort();

/** An expression with a parameter: a field of a form, or what somebody gave when the run was queued. */
const field = /\$\{\{.*parameters\.(?!port\.port_context\.runId \}\})/;

/** The lines of block inputs and of root variables, in which a field would be more than one value. */
function pastedFields(yaml: string): string[] {
  return yaml
    .split('\n')
    .filter((line) => field.test(line))
    .filter((line) => /^ {2}\w+:|^ {8}\w+:/.test(line) && !/convertToJson|^ {6,}[A-Z_]+:/.test(line));
}

/** The lines with a field in which `$(name)` would be replaced by a variable's value. */
function fieldsWithMacros(yaml: string): string[] {
  return yaml
    .split('\n')
    .filter((line) => field.test(line))
    .filter((line) => !/replace\([^}]*parameters\.[^}]*, '\$/.test(line));
}

describe('a field of a form', () => {
  for (const name of pipelines) {
    it(`fills in no variable where it looks like a macro in ${name}`, () => {
      assert.deepEqual(fieldsWithMacros(readFileSync(join(examples, name), 'utf8')), []);
    });

    it(`is no root variable and no raw part of a multi-line input in ${name}`, () => {
      assert.deepEqual(pastedFields(readFileSync(join(examples, name), 'utf8')), []);
    });
  }
});
