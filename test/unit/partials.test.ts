import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { load } from "cheerio";
import ejs from "ejs";

const render = async (partial: string, data: object) => {
  const path = fileURLToPath(new URL(`../../views/partials/${partial}.ejs`, import.meta.url));
  return load(await ejs.renderFile(path, data), undefined, false);
};

describe("the partials", () => {
  it("print a field with its hint and fault tied to the control", async () => {
    const $ = await render("field", {
      name: "title",
      label: "Title",
      hint: "As learners see it.",
      type: "text",
      values: { title: 'a "quoted" <b>' },
      faults: { title: "Give it a title." },
    });
    const input = $("input");
    expect(input.attr("aria-describedby")).to.equal("hint-title fault-title");
    expect(input.attr("aria-invalid")).to.equal("true");
    expect(input.attr("value")).to.equal('a "quoted" <b>');
    expect($("#fault-title").text()).to.equal("Give it a title.");
    expect($(`label[for="${input.attr("id") ?? ""}"]`).text()).to.equal("Title");
    expect($("b")).to.have.length(0);
  });

  it("keep the text of a textarea as it was typed", async () => {
    const values = { text: "one\n  two </textarea>" };
    const $ = await render("field", {
      name: "text",
      label: "Text",
      type: "textarea",
      values,
      faults: {},
    });
    expect($("textarea").val()).to.equal(values.text);
  });

  it("select the option that was chosen", async () => {
    const options = ["one", "two"].map((value) => ({ value, label: value }));
    const $ = await render("field", {
      name: "kind",
      label: "Kind",
      type: "select",
      options,
      values: { kind: "two" },
      faults: {},
    });
    expect($("option[selected]").attr("value")).to.equal("two");
  });

  it("carry the search through the pages of a list", async () => {
    const list = { page: 2, pageCount: 3, total: 45 };
    const $ = await render("pager", { list, action: "/x", search: "a&b" });
    expect($("a[rel=prev]").attr("href")).to.equal("/x?search=a%26b&page=1");
    expect($("a[rel=next]").attr("href")).to.equal("/x?search=a%26b&page=3");
  });

  it("print no pager for one page", async () => {
    const list = { page: 1, pageCount: 1, total: 4 };
    const $ = await render("pager", { list, action: "/x", search: "" });
    expect($.text().trim()).to.equal("");
  });

  it("draw a ring with one arc a step and say it in words", async () => {
    const $ = await render("ring", {
      steps: ["met", "in-progress", "missing"],
      label: "1 of 3 steps done",
    });
    expect($("circle.met, circle.in-progress, circle.missing")).to.have.length(3);
    expect($("svg").attr("aria-label")).to.equal("1 of 3 steps done");
    expect($("text").text()).to.equal("1/3");
  });

  it("show a state it does not know in plain words", async () => {
    const $ = await render("state", { state: "half-done" });
    expect($(".pill.plain").text()).to.equal("Half done");
  });
});
