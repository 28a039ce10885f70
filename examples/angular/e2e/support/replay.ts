import type { Page, Route } from '@playwright/test';

const ANSWERS = 'AWSCognitoIdentityProviderService.RespondToAuthChallenge';

/** Lets Cognito's next answers in the page be others than the local AWS gives, for what that cannot be brought to. */
async function answers(page: Page, other: (route: Route) => Promise<void>): Promise<void> {
  await page.route('**/*', (route) => {
    return route.request().headers()['x-amz-target'] === ANSWERS ? other(route) : route.fallback();
  });
}

/** As if Cognito refused every answer with this error. */
export async function refuseAnswers(page: Page, code: string, message: string): Promise<void> {
  await answers(page, (route) =>
    route.fulfill({
      status: 400,
      headers: { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ __type: code, message }),
    }),
  );
}

/** As if the triggers said this of every challenge. */
export async function sayOfChallenges(page: Page, parameters: Record<string, string>): Promise<void> {
  await answers(page, async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as { ChallengeParameters?: Record<string, string> };
    answer.ChallengeParameters = { ...answer.ChallengeParameters, ...parameters };
    await route.fulfill({ response, json: answer });
  });
}
