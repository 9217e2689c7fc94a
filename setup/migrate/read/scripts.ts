import { type Document, LineCounter, type Scalar, type YAMLMap, isMap, parseDocument, visit } from 'yaml';
import { requireYaml } from '../../input-file.ts';
import { type Place, placeOf } from './places.ts';
import { variablesSetIn } from './predefined.ts';
import { Scope } from './scope.ts';
import { type Language, type ScriptTask, scriptTask, shortcuts } from './step-kinds.ts';
import { firstLineOf, isItem, mapAt, mapsIn, scalarAt, textAt, textsOf, variablesOf } from './yaml.ts';

/** A step of a pipeline that runs text of its own. */
export interface Script {
  readonly language: Language;
  readonly text: string;
  /** Line of the pipeline's file that the text's first line is on, from 1. */
  readonly firstLine: number;
  /** The file that the text stands in, where it is not the pipeline's. */
  readonly file: string | undefined;
  /** The conditions of the step, its job and its stage, one a line. */
  readonly condition: string;
  /** What the step's `env` gives, as it is written. */
  readonly environment: Readonly<Record<string, string>>;
  /** The inputs of a task, as they are written. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly scope: Scope;
  readonly place: Place;
}

/** A pipeline, or a template, and its scripts. */
export interface PipelineFile {
  readonly document: Document.Parsed;
  readonly scripts: readonly Script[];
  /** What was not looked into. */
  readonly unread: readonly string[];
  readonly isClassic: boolean;
}

/** Reads a file of the repository; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

interface Found {
  readonly language: Language;
  readonly scalar: Scalar;
  readonly inputs: Readonly<Record<string, string>>;
}

/** By the pool's image, or by what only cmd understands: `%NAME%`, `^` at the end of a line. */
const isWindowsJob = (maps: readonly YAMLMap[], place: Place): boolean =>
  maps.some((map) => /windows|^vs20/i.test(textAt(mapAt(map, 'pool') ?? map, 'vmImage'))) ||
  /(?<![\w%+-])%[A-Za-z_]\w{2,}%|\s\^\r?\n/.test(textAt(place.step, 'script'));

function findShortcut(step: YAMLMap, isWindows: boolean): Found | undefined {
  for (const [key, language] of Object.entries(shortcuts)) {
    const scalar = scalarAt(step, key);
    if (scalar === undefined) continue;
    return { language: key === 'script' && isWindows ? 'cmd' : language, scalar, inputs: {} };
  }
  return undefined;
}

/** The task of a step of YAML, or of a classic pipeline's or release's. */
function taskOf(step: YAMLMap): ScriptTask | undefined {
  const classic = mapAt(step, 'task');
  const name = classic === undefined ? textAt(step, 'task') || textAt(step, 'taskId') : textAt(classic, 'id');
  return name === '' ? undefined : scriptTask(name);
}

function languageOf(task: ScriptTask, inputs: YAMLMap, isWindows: boolean): Language {
  const type = textAt(inputs, 'scriptType');
  if (/^(ps|pscore)$/i.test(type)) return 'powershell';
  const isCmd =
    task.language === 'bash' && (type.toLowerCase() === 'batch' || (isWindows && task.file.length === 0));
  return isCmd ? 'cmd' : task.language;
}

class Reader {
  readonly scripts: Script[] = [];
  readonly unread: string[] = [];
  readonly #lines = new LineCounter();
  readonly #readFile: ReadFile;
  readonly document: Document.Parsed;
  readonly #setBySteps: ReadonlySet<string>;

  constructor(yaml: string, file: string, readFile: ReadFile) {
    this.document = parseDocument(yaml, { lineCounter: this.#lines, keepSourceTokens: true });
    requireYaml(this.document, file);
    this.#readFile = readFile;
    this.#setBySteps = new Set(variablesSetIn(yaml));
  }

  readAll(): void {
    visit(this.document, {
      Map: (_key, step, path) => {
        if (isItem(path)) this.#readStep(step, path);
      },
    });
  }

  #readStep(step: YAMLMap, path: readonly unknown[]): void {
    const template = textAt(step, 'template');
    if (template !== '')
      this.unread.push(`${template} is a template of its own: run migrate-check on it, too.`);
    const maps = mapsIn(path);
    const place = placeOf(step, path);
    const isWindows = isWindowsJob(maps, place);
    const task = taskOf(step);
    const inputs = mapAt(step, 'inputs');
    const found = findShortcut(step, isWindows) ?? this.#findInline(task, inputs, isWindows);
    if (found !== undefined) this.#add(found, { maps, place, isWindows });
    else if (task !== undefined && inputs !== undefined)
      this.#readFileOf(task, inputs, { maps, place, isWindows });
  }

  #findInline(
    task: ScriptTask | undefined,
    inputs: YAMLMap | undefined,
    isWindows: boolean,
  ): Found | undefined {
    if (task === undefined || inputs === undefined) return undefined;
    const source =
      textAt(inputs, 'targetType') || textAt(inputs, 'scriptSource') || textAt(inputs, 'scriptLocation');
    if (/^(filePath|scriptPath)$/i.test(source)) return undefined;
    const [scalar] = task.inline.map((name) => scalarAt(inputs, name)).filter((each) => each !== undefined);
    const language = languageOf(task, inputs, isWindows);
    return scalar === undefined ? undefined : { language, scalar, inputs: textsOf(inputs) };
  }

  #readFileOf(task: ScriptTask, inputs: YAMLMap, around: Around): void {
    const [scalar] = task.file.map((name) => scalarAt(inputs, name)).filter((each) => each !== undefined);
    if (scalar === undefined) return;
    const path = String(scalar.value);
    const text = this.#readFile(
      path.replace(/^\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)[\\/]/i, ''),
    );
    const line = firstLineOf(scalar, this.#lines);
    if (text === undefined)
      this.unread.push(
        `line ${line}: ${path} is not read: it is no file of this folder. See whether it calls Port.`,
      );
    else
      this.#add(
        { language: languageOf(task, inputs, around.isWindows), scalar, inputs: textsOf(inputs) },
        around,
        { path, text },
      );
  }

  #add(
    { language, scalar, inputs }: Found,
    { maps, place, isWindows }: Around,
    file?: { path: string; text: string },
  ): void {
    const environment = textsOf(place.step.get('env'));
    const [outermost, ...inner] = maps.map((map) => variablesOf(map.get('variables')));
    const variables = new Map([...(outermost ?? []), ...inner.flat()]);
    const local = new Set(inner.flat().map(([name]) => name));
    this.scripts.push({
      language,
      text: file?.text ?? String(scalar.value),
      firstLine: firstLineOf(scalar, this.#lines),
      file: file?.path,
      condition: [...maps, place.step]
        .map((map) => textAt(map, 'condition'))
        .join('\n')
        .trim(),
      environment,
      inputs,
      scope: new Scope({
        variables,
        local,
        setBySteps: this.#setBySteps,
        environment,
        isWindows: isWindows || language === 'powershell' || language === 'cmd',
      }),
      place,
    });
  }
}

interface Around {
  readonly maps: readonly YAMLMap[];
  readonly place: Place;
  readonly isWindows: boolean;
}

/** All scripts of a pipeline, wherever its stages and jobs have them. @throws UsageError for what is no YAML */
export function readScripts(yaml: string, file: string, readFile: ReadFile = () => undefined): PipelineFile {
  const reader = new Reader(yaml, file, readFile);
  reader.readAll();
  const isClassic = isMap(reader.document.contents) && /^\s*\{/.test(yaml);
  return { document: reader.document, scripts: reader.scripts, unread: reader.unread, isClassic };
}
