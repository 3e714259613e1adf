import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, expect, test } from "vitest";
import { CodeNotice } from "../src/account/CodeNotice";
import { initTranslations } from "../src/i18n";
import { ServicesContext, type Services } from "../src/services";

beforeAll(async () => {
  await initTranslations();
});

function render(mail?: string): string {
  const config = {
    api: "",
    cognito: { endpoint: "https://cognito.example/", poolId: "p", clientId: "c" },
    features: { offered: [], default: [] },
    signUp: true,
    mail,
  };
  return renderToStaticMarkup(
    <ServicesContext value={{ config } as unknown as Services}>
      <CodeNotice text="We sent a code." />
    </ServicesContext>,
  );
}

test("a local deployment links to its messages in a new tab", () => {
  const html = render("/mail");
  expect(html).toContain("We sent a code.");
  expect(html).toContain('<a href="/mail" target="_blank" rel="noreferrer">Open local mailbox</a>');
});

test("any other deployment has no such link", () => {
  const html = render();
  expect(html).toContain("We sent a code.");
  expect(html).not.toContain("<a");
});
