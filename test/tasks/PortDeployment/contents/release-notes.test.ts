import assert from 'node:assert/strict';
import { pullRequestsInTitles } from '../../../../tasks/PortDeployment/contents/pull-requests.ts';
import type { Contents } from '../../../../tasks/PortDeployment/contents/read-contents.ts';
import { releaseNotes } from '../../../../tasks/PortDeployment/contents/release-notes.ts';

const variables: Readonly<Record<string, string>> = {
  ...{ 'System.CollectionUri': 'https://dev.azure.com/acme/', 'System.TeamProject': 'Web Shop' },
  ...{ 'Build.DefinitionName': 'deploy', 'Build.BuildNumber': '20260302.1', 'Build.BuildId': '42' },
  'Build.Repository.Uri': 'https://acme@dev.azure.com/acme/Web%20Shop/_git/shop',
  'Build.Repository.Provider': 'TfsGit',
};
const empty: Contents = {
  ...{ commits: [], hasMore: false, workItems: [], pullRequests: [], isRollback: false },
  ...{ remarks: [], problems: [] },
};
const notes = (contents: Partial<Contents>, more: Readonly<Record<string, string>> = {}) =>
  releaseNotes({ variable: (name) => ({ ...variables, ...more })[name] }, 'Production', {
    ...empty,
    ...contents,
  });

describe('Release notes', () => {
  it('have work items, pull requests and commits, each with a link', () => {
    const text = notes({
      workItems: [{ id: 12, title: 'Cards', type: 'Bug', state: 'Closed' }],
      pullRequests: [{ id: 7, title: 'Add cards', closed: 0 }],
      commits: [
        { id: '0123456789abcdef', title: 'Add', author: 'Ada', time: 0, url: 'https://example.com/c' },
        { id: 'fedcba9876543210', title: 'Fix', author: '', time: 0, url: undefined },
      ],
    });
    const project = 'https://dev.azure.com/acme/Web%20Shop';
    assert.equal(
      text,
      [
        ...['## deploy 20260302.1 to Production', '', '### Work items', ''],
        `- [\\#12](<${project}/_workitems/edit/12>) Cards (Bug, Closed)`,
        ...['', '### Pull requests', '', `- [\\!7](<${project}/_git/shop/pullrequest/7>) Add cards`],
        ...['', '### Commits', '', '- [01234567](<https://example.com/c>) Add, Ada'],
        `- [fedcba98](<${project}/_git/shop/commit/fedcba9876543210>) Fix`,
        '',
      ].join('\n'),
    );
  });

  it('say that there is nothing new, that it goes back, and what could not be read', () => {
    const text = notes({
      isRollback: true,
      problems: ['work items (Azure DevOps answered 403)'],
      remarks: ['More.'],
    });
    assert.match(text, /This deployment goes back to an older commit than the last one\./);
    assert.match(text, /No commits since the last deployment\./);
    assert.match(
      text,
      /\n> More\.\n\n> Could not be read: work items \\\(Azure DevOps answered 403\\\)\.\n$/,
    );
  });

  it('do without links where nobody knows where things are', () => {
    const text = releaseNotes({ variable: () => undefined }, 'Production', {
      ...empty,
      workItems: [{ id: 1, title: 'Cards', type: '', state: '' }],
      pullRequests: [{ id: 2, title: '', closed: 0 }],
    });
    assert.match(
      text,
      /^## Deployment to Production\n\n### Work items\n\n- \\#1 Cards\n\n### Pull requests\n\n- \\!2\n/,
    );
  });

  const hostile = [
    '[click](javascript:alert(1))',
    '![x](https://evil.example/p.png)',
    '<img src=x onerror=alert(1)>',
    '</details><script>alert(1)</script>',
    '`code` **bold** | cell |\n# heading\n- item',
    '##vso[task.setvariable variable=x]y',
    '\u001b[31m##[error]red',
    '@everyone https://evil.example www.evil.example',
    '<!-- inputs -->',
    '\u202etxt.exe',
    '$(System.AccessToken) ${{ variables.x }}',
  ];
  for (const title of hostile) {
    it(`obey nothing in the title ${JSON.stringify(title)}`, () => {
      const text = notes({
        workItems: [{ id: 1, title, type: title, state: title }],
        pullRequests: [{ id: 2, title, closed: 0 }],
        commits: [{ id: title, title, author: title, time: 0, url: `javascript:${title}` }],
      });
      const lines = text.split('\n').filter((line) => line !== '');
      assert.equal(lines.length, 7, text);
      const shown = text.replace(/\]\(<https:\/\/dev\.azure\.com\/[^>\s]*>\)/g, ']');
      assert.doesNotMatch(shown, /<(?!$)|[^\\]\]\(|(?<!\\)`|\u001b|\u202e|:\/\/|www\.|@/);
      assert.doesNotMatch(shown.replace(/^#{2,3} [A-Za-z]/gm, ''), /(?<![\\&])#/);
    });
  }
});

describe('Pull requests in the messages of GitHub', () => {
  const cases: readonly (readonly [title: string, found: readonly (readonly [number, string])[]])[] = [
    ['Merge pull request #7 from contoso/cards', [[7, '']]],
    ['Add cards (#8)', [[8, 'Add cards']]],
    ['Revert "Add cards (#8)" (#9)', [[9, 'Revert "Add cards (#8)"']]],
    ['Merge pull request #x from contoso/cards', []],
    ['Fix #9', []],
    ['(#10) first', []],
    ['Add (#99999999999)', []],
  ];
  for (const [title, found] of cases) {
    it(`are ${JSON.stringify(found)} in ${JSON.stringify(title)}`, () => {
      const commit = { id: 'a', title, author: '', time: 0, url: undefined };
      const requests = pullRequestsInTitles([commit, commit]);
      assert.deepEqual(
        requests.map(({ id, title: name }) => [id, name]),
        found,
      );
    });
  }
});
