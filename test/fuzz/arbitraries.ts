import fc from 'fast-check';

/** The same cases on every machine, unless FUZZ_SEED names others; FUZZ_RUNS multiplies them. */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);
const factor = Number(process.env.FUZZ_RUNS ?? 1);

/** Parameters of a property with so many cases. */
export const cases = (numRuns: number): { seed: number; numRuns: number } => ({
  seed,
  numRuns: numRuns * factor,
});

const fragments = [
  ...['##vso[', '##[', '##', '#', 'vso[', 'VSO', '[', ']', 'task.complete result=Succeeded;]', 'error]'],
  ...[
    '\u001b[31m',
    '\u001b]0;',
    '\u001b',
    '\u009b',
    '\u0000',
    '\u0007',
    '\r',
    '\n',
    '\r\n',
    '\u2028',
    '\u0085',
    '\t',
    ' ',
  ],
  ...[
    '\u00ad',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u202e',
    '\u2066',
    '\u034f',
    '\u{e0020}',
    '\ud800',
    '\udc00',
    '👍',
  ],
  ...[
    '$(',
    ')',
    '$(System.AccessToken)',
    '${{',
    '}}',
    '%0A',
    '%AZP25',
    ';',
    '<script>',
    '&amp;',
    '](javascript:x)',
    '`',
    '|',
    '*',
    '_',
    '\\',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '..',
    '/',
    '.',
    'https://example.com/',
    'www.',
    '@',
    'r_abc123',
    'null',
    '{}',
    '"',
    "'",
  ],
];

/** Text of whatever somebody may want to smuggle in. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...fragments) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    ),
    {
      maxLength: 16,
    },
  )
  .map((parts) => parts.join(''));

/** JSON with hostile texts in it, and with the odd keys. */
export const hostileJson: fc.Arbitrary<string> = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, true, 0, -1, 1e21, 'r_abc123', 'wfr_abc123'),
      hostileText,
      fc.array(tie('value'), { maxLength: 3 }),
      fc
        .array(
          fc.tuple(
            fc.oneof(
              hostileText,
              fc.constantFrom(
                'runId',
                'run',
                'id',
                'context',
                'port_context',
                'run_id',
                'error',
                'message',
                'ok',
              ),
            ),
            tie('value'),
          ),
          { maxLength: 4 },
        )
        .map((entries) => Object.fromEntries(entries)),
    ),
  }))
  .value.map((value) => JSON.stringify(value));

/** The agent's eyes, with whatever has no width left out, as .NET compares texts by default. */
export function commandIn(text: string): string | undefined {
  const seen = text.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
  return /##(?:vso)?\[/i.exec(seen)?.[0];
}
