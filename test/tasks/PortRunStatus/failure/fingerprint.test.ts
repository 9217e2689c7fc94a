import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fingerprintOf, normalError } from '../../../../tasks/PortRunStatus/failure/fingerprint.ts';

const fingerprint = (error: string) => fingerprintOf({ step: 'Deploy', task: 'Bash', errors: [error] });

/** One failure each, as two runs told it. */
const same: Readonly<Record<string, readonly [string, string]>> = {
  'a number': ['3 of 7 pods are ready', '12 of 140 pods are ready'],
  'a number of thousands': ['1,204 rows were left', '87 rows were left'],
  'a size with its unit': ['needs 512MB of memory', 'needs 1024MB of memory'],
  'a version': ['Cannot pull checkout:1.42.0', 'Cannot pull checkout:v2.0'],
  'a port': ['connect ECONNREFUSED 127.0.0.1:54321', 'connect ECONNREFUSED 10.0.3.17:49152'],
  'a GUID': [
    'Operation 3f2504e0-4f89-41d3-9a0c-0305e82c3301 failed',
    'Operation 7D444840-9DC0-11D1-B245-5FFDCE74FAD2 failed',
  ],
  'a commit': ['Cannot check out 9fceb02', 'Cannot check out 1234567'],
  'a long commit': [
    'fatal: bad object 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    'fatal: bad object 9fceb02d0ae598e95dc970b74767f19372d61af8',
  ],
  'a digest': [
    'manifest for app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 not found',
    'manifest for app@sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752 not found',
  ],
  'an address in memory': ['Segfault at 0x7ffd12ab', 'Segfault at 0x55d0c0ffee00'],
  'a pod': ['Pod checkout-6c5bdd9f7k-x2kqz is not ready', 'Pod checkout-7d4b9c8f6d-bcdfg is not ready'],
  'a time': ['2026-03-02T10:00:00.1234567Z refused', '2026-11-28T23:59:01Z refused'],
  'a time with a zone': [
    'at 2026-03-02 10:00:00,123 +01:00: refused',
    'at 2026-04-12 09:10:11.5 UTC: refused',
  ],
  'a time in words': ['expired on Mon, 02 Mar 2026 10:00:00 GMT', 'expired on Sat, 14 Nov 2026 07:30:12 GMT'],
  'a time of a system log': ['Mar  2 10:00:00 host: refused', 'Dec 24 03:04:05 host: refused'].map((text) =>
    text.replace('  ', ' '),
  ) as [string, string],
  'a time of another country': ['3/2/2026 10:00:00 AM: refused', '11/28/2026 1:02:03 PM: refused'],
  'a time of day': ['[10:00:00] refused', '[23:59:59.123] refused'],
  'a duration': ['Timed out after 1m 5s', 'Timed out after 45s'],
  'a duration in words': ['gave up after 90 seconds', 'gave up after 2 minutes'],
  'a duration in ms': ['took 312 ms', 'took 1.2 s'],
  'a line': [
    'src/cart.ts:12:5 - error TS2304: Cannot find name',
    'src/cart.ts:140:17 - error TS2304: Cannot find name',
  ],
  'a line in brackets': [
    'Cart.cs(12,5): error CS0103: no such name',
    'Cart.cs(7,31): error CS0103: no such name',
  ],
  'a line in words': ['YAML is wrong in line 12, column 5', 'YAML is wrong in line 7, column 31'],
  'the agent that ran it': [
    'ENOENT: D:\\agents\\work\\1\\s\\src\\cart.json',
    'ENOENT: /opt/agents/a-3/_work/12/s/src/cart.json',
  ],
  'the agent of another system': [
    'cannot open D:\\a\\1\\s\\src\\cart.json',
    'cannot open /__w/3/s/src/cart.json',
  ],
  "a script of the agent's": [
    '/opt/agents/a-3/_work/_temp/3f2504e0-4f89-41d3-9a0c-0305e82c3301.sh: line 3: helm: command not found',
    '/opt/agents/a-3/_work/_temp/7d444840-9dc0-11d1-b245-5ffdce74fad2.sh: line 9: helm: command not found',
  ],
  'a temporary folder': [
    'cannot write /tmp/tmp.Xy12Ab/plan.json',
    'cannot write /tmp/build-qwerty/plan.json',
  ],
  'a temporary folder of Windows': [
    'cannot write C:\\Users\\VssAdministrator\\AppData\\Local\\Temp\\tmp4F2A.tmp',
    'cannot write C:\\Users\\svc_build\\AppData\\Local\\Temp\\tmpQRST.tmp',
  ],
  'a temporary folder of macOS': [
    'cannot write /var/folders/6y/gy9gggt14379c/T/build.aBcD/out',
    'cannot write /private/var/folders/zz/zyxvpxvq6csfx/T/build.eFgH/out',
  ],
  'the signature of an address': [
    'GET https://store.example.com/a.zip?sig=abcDEF&se=2026 failed',
    'GET https://store.example.com/a.zip?sig=ghiJKL&se=2027 failed',
  ],
  'an agent by its number': ['Agent Azure Pipelines 4 was lost', 'Agent Azure Pipelines 31 was lost'],
  'colours and spaces': ['\u001b[31mrefused\u001b[0m  by   host', 'refused by host'],
  'blanks and lines around it': ['refused', ' refused \n\n'],
  capitals: ['Access Denied', 'access denied'],
};

/** Two failures each, which are not one. */
const different: readonly (readonly [string, string])[] = [
  ['helm: command not found', 'kubectl: command not found'],
  ["Bash exited with code '1'.", "Bash exited with code '137'."],
  ['The process exited with code -1', 'The process exited with code -1073741819'],
  ['Response status code: 404', 'Response status code: 503'],
  ['HTTP/1.1 500 from the registry', 'HTTP/1.1 429 from the registry'],
  ['error TS2304: it is wrong', 'error TS2345: it is wrong'],
  ['ORA-01017: logon denied', 'ORA-12154: logon denied'],
  ['CVE-2024-3094 is not fixed', 'CVE-2021-44228 is not fixed'],
  ['/opt/agents/a-3/_work/1/s/src/cart.json is wrong', '/opt/agents/a-3/_work/1/s/src/shop.json is wrong'],
  ['GET https://a.example.com/x?id=1 failed', 'GET https://b.example.com/x?id=1 failed'],
  ['Timed out after 5s', 'Failed with 5 errors'],
  ['Cannot find module i18next', 'Cannot find module oauth2client'],
  ['Pod checkout-6c5bdd9f7k-x2kqz is not ready', 'Pod payment-6c5bdd9f7k-x2kqz is not ready'],
  ['a marching band', 'a marginal band'],
  ['the database is defaced', 'the database is effaced'],
];

describe('The fingerprint of a failure', () => {
  for (const [what, [one, other]] of Object.entries(same)) {
    it(`is the same where two runs differ in ${what}`, () => {
      assert.equal(normalError(one), normalError(other));
      assert.equal(fingerprint(one), fingerprint(other));
    });
  }

  for (const [one, other] of different) {
    it(`tells "${one}" from "${other}"`, () => {
      assert.notEqual(fingerprint(one), fingerprint(other));
    });
  }

  it('is that of the entities that are in Port already', () => {
    assert.equal(fingerprint('refused after 3 tries'), '919e185ca4b046ff');
    assert.equal(
      fingerprintOf({ step: 'East', task: undefined, errors: ['The agent was lost.'] }),
      'acba40bd8591c246',
    );
  });

  it('tells steps and tasks apart, and not the runs of a step that has its number in its name', () => {
    const of = (step: string, task?: string) => fingerprintOf({ step, task, errors: ['refused'] });
    assert.notEqual(of('Build', 'Bash'), of('Deploy', 'Bash'));
    assert.notEqual(of('Deploy', 'Bash'), of('Deploy', 'CmdLine'));
    assert.equal(of('Deploy 20260302.1', 'Bash'), of('Deploy 20261128.14', 'Bash'));
    assert.equal(of('Deploy'), of('Deploy', undefined));
  });

  it('does not go by the order of the errors, nor by how often one is told', () => {
    const of = (...errors: string[]) => fingerprintOf({ step: 'Deploy', task: 'Bash', errors });
    assert.equal(of('a is wrong', 'b is wrong'), of('b is wrong', 'a is wrong', 'b is wrong'));
    assert.notEqual(of('a is wrong', 'b is wrong'), of('a is wrong'));
  });

  it('goes by the words, whatever ids, numbers and times stand between them (500 cases)', () => {
    const word = fc.constantFrom('refused', 'pod', 'cannot', 'open', 'quota', 'timeout', 'by');
    const number = fc.nat().map(String);
    const id = fc.uuid();
    const time = fc
      .date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2099-01-01') })
      .map((date) => date.toISOString());
    const commit = fc.stringMatching(/^[0-9a-f]{40}$/);
    const varying = fc.oneof(
      number,
      id,
      time,
      commit.filter((text) => /\d/.test(text)),
    );
    const pairs = fc.array(fc.tuple(word, varying, varying), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pairs, (parts) => {
        const one = parts.map(([text, value]) => `${text} ${value}`).join(' ');
        const other = parts.map(([text, , value]) => `${text} ${value}`).join(' ');
        assert.equal(normalError(one), parts.map(([text]) => `${text} #`).join(' '));
        assert.equal(fingerprint(one), fingerprint(other));
      }),
      { numRuns: 500 },
    );
  });

  it('of what is normal is normal, and takes no time for hostile texts', () => {
    const units = ['/a', '/tmp/', '1:2', '-bcdfghjk', 'jan 1 ', '1 s, ', 'http://', '?x', '\\', '0x', 'a-f0'];
    for (const unit of units) {
      const started = performance.now();
      const normal = normalError(unit.repeat(100_000));
      assert.ok(performance.now() - started < 1000, unit);
      assert.ok(normal.length <= 500, unit);
    }
    for (const [one] of Object.values(same)) assert.equal(normalError(normalError(one)), normalError(one));
  });
});
