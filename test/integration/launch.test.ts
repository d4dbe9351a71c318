import { expect } from "chai";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

describe("a launch from the practice LMS", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct();
  });
  after(async () => {
    await product.close();
  });

  it("opens a visit for the learner of the course", async () => {
    const visit = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    expect(visit.launch.courseRoles).to.deep.equal(["learner"]);
    expect(visit.launch.context?.id).to.equal("cvi-101");
  });
});
