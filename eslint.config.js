import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const onlyIn = (file, name, use) => ({ name, message: `Only ${file} imports ${name}; use ${use}.` });

const taskLib = onlyIn(
  'tasks/common/agent/agent-host.ts',
  'azure-pipelines-task-lib',
  'the Host interface of tasks/common/agent/host.ts',
);
const undici = onlyIn(
  'tasks/common/network/transport.ts',
  'undici',
  'the Transport of tasks/common/network/transport.ts',
);
const taskLibPaths = { regex: '^azure-pipelines-task-lib/', message: taskLib.message };
const undiciPaths = { regex: '^undici/', message: undici.message };

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', '.tmp/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })],
    },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'import-x/order': [
        'error',
        { alphabetize: { order: 'asc' }, named: true, 'newlines-between': 'never' },
      ],
      'no-restricted-imports': ['error', { paths: [taskLib, undici], patterns: [taskLibPaths, undiciPaths] }],
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['tasks/common/agent/agent-host.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [undici], patterns: [undiciPaths] }] },
  },
  {
    files: [
      'tasks/common/network/connect.ts',
      'tasks/common/network/pool.ts',
      'tasks/common/network/transport.ts',
      'tasks/common/network/tunnel.ts',
      'tasks/common/network/undici.ts',
      'tasks/common/network/undici-modules.d.ts',
    ],
    rules: { 'no-restricted-imports': ['error', { paths: [taskLib], patterns: [taskLibPaths] }] },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-floating-promises': 'error' } },
  {
    files: [
      'scripts/**/*.ts',
      'local/demo.ts',
      'local/start.ts',
      'bench/**/*.ts',
      'setup/**/*.ts',
      'test/soak/soak.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
