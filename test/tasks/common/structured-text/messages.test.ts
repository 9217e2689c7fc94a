import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { parseStructuredText, readJson } from '../../../../tasks/common/structured-text/parse.ts';

const secret = 'Sup3rSecretPw9';

/** By the code of the library's error that it makes. */
const faults: Readonly<Record<string, string>> = {
  ALIAS_PROPS: `a: &a 1\nb: &${secret} *a`,
  BAD_ALIAS: `a: &${secret}: x`,
  BAD_COLLECTION_TYPE: `a: !!set [${secret}]`,
  BAD_DIRECTIVE: `%${secret}\n---\na`,
  BAD_DQ_ESCAPE: `a: "\\q${secret}"`,
  BAD_INDENT: `a:\n  - x\n ${secret}: 1`,
  BAD_PROP_ORDER: `&${secret} ? a`,
  BAD_SCALAR_START: `a: @${secret}`,
  BLOCK_AS_IMPLICIT_KEY: `a: ${secret}: b`,
  BLOCK_IN_FLOW: `{a: - ${secret}}`,
  KEY_OVER_1024_CHARS: `${secret.repeat(100)}: a`,
  MISSING_CHAR: `a: "${secret}`,
  MULTILINE_IMPLICIT_KEY: `"${secret}\n  b": c`,
  MULTIPLE_ANCHORS: `a: &a &${secret} b`,
  MULTIPLE_TAGS: `a: !!str !${secret} b`,
  TAB_AS_INDENT: `a:\n\t${secret}: c`,
  TAG_RESOLVE_FAILED: `a: !${secret} b`,
  UNEXPECTED_TOKEN: `a: ]${secret}`,
};

/** What the library takes, and the reader refuses. */
const others = [
  `a: *${secret}`,
  `a: }${secret}`,
  `${secret}: 1\n${secret}: 2`,
  `a: !!int 99999999999999999999${secret}`,
  `? [${secret}]\n: 1`,
  `a: &x {b: ${secret}}\nc:\n  <<: *x`,
];

const noJson = [
  `{"a": ${secret}}`,
  `{"a": "${secret}`,
  `{"a": "b"} ${secret}`,
  `{"a": '${secret}'}`,
  `{"a": "\\q${secret}"}`,
  `{"${secret}": 1, "${secret}": 2}`,
  `{"a": 1 /* ${secret} */}`,
];

describe('Messages about texts that cannot be read', () => {
  for (const [code, text] of Object.entries(faults)) {
    it(`hold no part of the text: ${code}`, () => {
      const found = [...parseAllDocuments(text, { uniqueKeys: false })].flatMap(({ errors, warnings }) =>
        [...errors, ...warnings].map((error) => error.code as string),
      );
      assert.ok(found.includes(code), found.join());
      assertSilent(parseStructuredText(text).problems);
    });
  }

  for (const text of others) {
    it(`hold no part of ${JSON.stringify(text)}`, () => {
      assertSilent(parseStructuredText(text).problems);
    });
  }

  for (const text of noJson) {
    it(`hold no part of the JSON ${text}`, () => {
      assertSilent(readJson(text).problems ?? []);
    });
  }
});

function assertSilent(problems: readonly { readonly message: string }[]): void {
  assert.ok(problems.length > 0);
  for (const { message } of problems) assert.doesNotMatch(message, /Sup3r|Secret|Pw9|999/);
}
