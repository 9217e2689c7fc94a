import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../../../scripts/pictures/chromium.ts';
import { type PageLoop, startPageLoop } from './support.ts';

/** Where there is no browser, these tests are left out, and a line says so; `BROWSER_TESTS=required` makes that a failure. */
if (findChromium() === undefined && process.env.BROWSER_TESTS !== 'required')
  after(
    () =>
      void process.stdout.write(
        '  Left out: the page in a browser. There is no Chromium; CHROMIUM names one.\n',
      ),
  );
else describe('the page of the local loop, in Chromium', inChromium);

function inChromium(this: Mocha.Suite): void {
  this.timeout(30_000);
  let browser: Browser;
  let page: Page;
  let loop: PageLoop;
  const problems: string[] = [];
  before(async () => {
    browser = await launchChromium();
  });
  beforeEach(async () => {
    loop = await startPageLoop();
    page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    page.setDefaultTimeout(10_000);
    problems.length = 0;
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(loop.page.url);
  });
  afterEach(async () => {
    await page.close();
    await loop.close();
    assert.deepEqual(problems, []);
  });
  after(() => browser.close());

  const run = () => page.locator('#runs article').first();
  const start = async () => {
    await page.getByLabel('Name').fill('checkout');
    await page.getByRole('button', { name: 'Execute' }).first().click();
    await run().waitFor();
  };

  it('executes an action from its form, and follows the run without a reload', async () => {
    await start();
    await page.getByText(/^Run r_\w+$/).waitFor();
    const { id = '', properties } = [...loop.port.store.runs.values()][0] ?? {};
    assert.deepEqual(properties, { name: 'checkout', size: 'large', count: 3, isFast: true });
    await run().getByText('IN_PROGRESS').waitFor();
    await loop.user.call('POST', `/v1/actions/runs/${id}/logs`, { message: 'three replicas' });
    await run().getByText('three replicas').waitFor();
    await loop.user.call('PATCH', `/v1/actions/runs/${id}`, { status: 'SUCCESS', statusLabel: 'Deployed' });
    await run().getByText('SUCCESS Deployed').waitFor();
  });

  it('keeps focus and what is being typed while runs change', async () => {
    await page.getByLabel('Name').fill('half a na');
    await loop.user.execute('deploy', { name: 'checkout' });
    await run().waitFor();
    await page.keyboard.type('me');
    assert.equal(await page.getByLabel('Name').inputValue(), 'half a name');
  });

  it('lets an action of an entity choose one that was made on the page', async () => {
    await page.getByText('Service', { exact: true }).click();
    await page.getByLabel('Identifier').fill('checkout');
    await page.getByRole('button', { name: 'Make' }).click();
    await page.locator('#entities article').waitFor();
    await page.getByText('Scale', { exact: true }).click();
    await page.getByLabel('Entity').selectOption('checkout');
    await page.getByRole('button', { name: 'Execute' }).nth(1).click();
    await run().waitFor();
    assert.equal([...loop.port.store.runs.values()][0]?.entity, 'checkout');
  });

  it('shows markup in labels, logs, inputs and links as text', async () => {
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
    const id = await loop.user.execute('deploy', { name: markup });
    const change = { statusLabel: markup, link: [`javascript:document.title=1//${markup}`] };
    await loop.user.call('PATCH', `/v1/actions/runs/${id}`, change);
    await loop.user.call('POST', `/v1/actions/runs/${id}/logs`, { message: markup });
    await run().locator('pre').getByText(markup).waitFor();
    assert.equal(await run().getByText(markup).count(), 4);
    assert.equal(await page.locator('#runs :is(img, b, a)').count(), 0);
    assert.equal(await page.title(), 'The local loop');
  });

  it('says that the loop has ended', async () => {
    await page.getByText('runs on this machine alone').waitFor();
    await loop.page.close();
    await page.getByText('does not answer').waitFor();
    problems.length = 0;
  });

  it('fits a narrow screen, can be used by keyboard, and follows the dark mode of the system', async () => {
    await start();
    const long = 'a'.repeat(300);
    const id = await loop.user.execute('deploy', { name: long });
    await loop.user.call('PATCH', `/v1/actions/runs/${id}`, {
      statusLabel: long,
      link: `https://example.com/${long}`,
    });
    await run().getByText(`IN_PROGRESS ${long}`).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 400);
    await page.getByLabel('Name').focus();
    await page.keyboard.press('Tab');
    const outline = 'getComputedStyle(document.activeElement).outlineWidth';
    assert.equal(await page.evaluate(outline), '3px');
    const background = 'getComputedStyle(document.documentElement).backgroundColor';
    const colors = [await page.evaluate(background)];
    await page.emulateMedia({ colorScheme: 'dark' });
    colors.push(await page.evaluate(background));
    assert.deepEqual(colors, ['rgb(255, 255, 255)', 'rgb(13, 17, 23)']);
  });
}
