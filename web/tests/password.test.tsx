import { readFileSync } from "node:fs";
import { act, useState } from "react";
import { expect, test } from "vitest";
import { PasswordField } from "../src/account/fields";
import policy from "../src/account/passwordPolicy.json";
import { checkPassword } from "../src/account/passwordRules";
import { render } from "./render";

test("the rules are those of the user pool", () => {
  const pool = readFileSync(`${import.meta.dirname}/../../infra/terraform/modules/identity/password_policy.json`, "utf8");
  expect(policy).toEqual(JSON.parse(pool));
});

test.each([
  ["Short1!", [false]],
  ["long enough it is", [true]],
  ["", [false]],
])("%j meets %j", (password, met) => {
  expect(checkPassword(password).map(({ isMet }) => isMet)).toEqual(met);
});

function NewPassword() {
  const [value, setValue] = useState("");
  return <PasswordField isNew value={value} onValue={setValue} />;
}

test("the rules are checked as the password is typed", async () => {
  const { root, type } = await render(<NewPassword />);
  const field = root.querySelector("input")!;
  const met = () => [...root.querySelectorAll(".password-rules .met")].map((each) => each.textContent);
  expect(met()).toEqual([]);
  await type("New password", "too short");
  expect(met()).toEqual([]);
  expect(field.validationMessage).toBe("At least 12 characters");
  await type("New password", "long enough it is");
  expect(met()).toEqual(["At least 12 characters (done)"]);
  await act(async () => {});
  expect(field.validationMessage).toBe("");
});
