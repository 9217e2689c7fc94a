/** The loop as text, and the sequence diagram that is drawn from it. */

const lanes = ['Developer', 'Port', 'Azure DevOps', 'Pipeline'] as const;
type Lane = (typeof lanes)[number];

interface Message {
  readonly from: Lane;
  readonly to: Lane;
  readonly who?: string;
  readonly text: string;
  /** What happens only where the rest could not. */
  readonly isNet?: true;
}

const messages: readonly Message[] = [
  { from: 'Developer', to: 'Port', text: 'executes an action' },
  { from: 'Port', to: 'Azure DevOps', text: 'signed payload with the run id' },
  { from: 'Azure DevOps', to: 'Pipeline', text: 'starts it' },
  { from: 'Pipeline', to: 'Port', who: 'PortRunStatus', text: 'started: label, link, log' },
  { from: 'Pipeline', to: 'Port', who: 'PortUpsertEntity', text: 'the deployment, tied to the run' },
  { from: 'Pipeline', to: 'Port', who: 'PortRunStatus', text: 'SUCCESS, or FAILURE and why' },
  { from: 'Port', to: 'Developer', text: 'shows how it ended' },
  { from: 'Azure DevOps', to: 'Port', who: 'Service hook', text: 'agent was lost', isNet: true },
];

export const themes = {
  light: {
    page: '#ffffff',
    text: '#1f2328',
    faint: '#59636e',
    line: '#c8d1da',
    box: '#0b1f3a',
    accent: '#0f766e',
  },
  dark: {
    page: '#0d1117',
    text: '#e6edf3',
    faint: '#9198a1',
    line: '#3d444d',
    box: '#21365a',
    accent: '#2ee6c0',
  },
} as const;

export type Theme = keyof typeof themes;

/** In pixels. */
const size = { width: 860, left: 90, lane: 225, top: 56, row: 50, bottom: 26 };
const x = (lane: Lane): number => size.left + lanes.indexOf(lane) * size.lane;
const y = (index: number): number => size.top + 54 + index * size.row;
const height = y(messages.length - 1) + size.bottom;

/** An SVG document of its own background, readable in either theme of a page. */
export function loopDiagram(theme: Theme): string {
  const colors = themes[theme];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" viewBox="0 0 ${size.width} ${height}" role="img" font-family="'Segoe UI', Inter, 'Helvetica Neue', Arial, sans-serif" font-size="14">`,
    `<title>${escapeXml(`The loop: ${messages.map(sentence).join('; ')}`)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${colors.page}"/>`,
    ...lanes.map((lane) => laneOf(lane, theme)),
    ...messages.map((message, index) => arrow(message, index, theme)),
    '</svg>',
    '',
  ].join('\n');
}

function sentence({ from, to, who, text }: Message): string {
  return `${from} to ${to}: ${who === undefined ? '' : `${who}, `}${text}`;
}

function laneOf(lane: Lane, theme: Theme): string {
  const { line, box } = themes[theme];
  const center = x(lane);
  return [
    `<path d="M${center} ${size.top} V${height - 10}" stroke="${line}" stroke-width="1.5"/>`,
    `<rect x="${center - 66}" y="16" width="132" height="36" rx="6" fill="${box}"/>`,
    `<text x="${center}" y="39" text-anchor="middle" font-weight="600" fill="#ffffff">${lane}</text>`,
  ].join('\n');
}

function arrow({ from, to, who, text, isNet }: Message, index: number, theme: Theme): string {
  const { page, text: ink, faint, accent } = themes[theme];
  const [start, end, level] = [x(from), x(to), y(index)];
  const direction = end > start ? 1 : -1;
  const tip = end - direction * 2;
  const color = isNet ? faint : accent;
  const label = who === undefined ? '' : `<tspan font-weight="600">${escapeXml(who)}</tspan>  `;
  return [
    `<path d="M${start} ${level} H${tip - direction * 8}" stroke="${color}" stroke-width="2"${isNet ? ' stroke-dasharray="6 5"' : ''}/>`,
    `<path d="M${tip} ${level} l${-direction * 10} -5 v10 z" fill="${color}"/>`,
    `<circle cx="${start}" cy="${level}" r="4" fill="${color}"/>`,
    `<text x="${(start + end) / 2}" y="${level - 9}" text-anchor="middle" fill="${ink}" stroke="${page}" stroke-width="4" paint-order="stroke" xml:space="preserve">${label}${escapeXml(text)}</text>`,
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
