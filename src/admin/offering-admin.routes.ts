import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { approveOffering, declineOffering } from "../courses/approve-offering.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Offering } from "../courses/offering.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { isId } from "../stored-record.js";
import { queryText, readForm, readListQuery } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { offeringTitle } from "./course-page.js";
import {
  offeringFilters,
  offeringPage,
  offeringRows,
  readOfferingStatus,
} from "./offering-page.js";

type Needs = DecisionNeeds & {
  courses: Pick<CourseStore, "findById" | "listByIds" | "listAll">;
  offerings: Pick<OfferingStore, "findById" | "list" | "decide">;
};

const ApprovalSchema = z.object({
  courseId: z.string({ error: "Choose a course." }).refine(isId, "Choose a course."),
});

const offeringState = ({ status, courseId }: Offering) => ({
  status,
  ...(courseId === undefined ? {} : { courseId }),
});

/** LMS courses: which of our courses each is an offering of. */
export function offeringAdminRoutes(needs: Needs): Router {
  const router = Router();

  const findOffering = async (
    request: Request<{ offeringId: string }>,
    response: Response,
  ): Promise<Offering> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.offerings.findById(organisationId, idIn(request.params.offeringId)));
  };

  const showOffering = async (
    request: Request,
    response: Response,
    shown: { offering: Offering; courseId: string; faults: Record<string, string> },
  ): Promise<void> => {
    const { offering, courseId, faults } = shown;
    const courses = await needs.courses.listAll(offering.organisationId);
    showAdminPage(request, response, {
      view: "offering",
      title: offeringTitle(offering),
      area: "lms-courses",
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: {
        ...offeringPage(offering, courses),
        values: { courseId },
        faults,
        here: adminPath(visitOf(response), `/lms-courses/${offering.id}`),
        copiedFromHref: adminPath(visitOf(response), `/lms-courses/${offering.copiedFrom ?? ""}`),
      },
    });
  };

  router.get("/lms-courses", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const status = readOfferingStatus(queryText(request, "status"));
    const list = await needs.offerings.list(organisationId, {
      ...query,
      ...(status === undefined ? {} : { status }),
    });
    const ids = list.items.flatMap(
      ({ courseId, proposal }) => courseId ?? proposal?.courseId ?? [],
    );
    const courses = await needs.courses.listByIds(organisationId, ids);
    showAdminPage(request, response, {
      view: "offerings",
      title: "LMS courses",
      area: "lms-courses",
      page: {
        list: { ...list, items: offeringRows(list.items, courses) },
        search: query.search,
        status,
        filters: offeringFilters(status),
      },
    });
  });

  router.get("/lms-courses/:offeringId", async (request, response) => {
    const offering = await findOffering(request, response);
    const courseId = offering.courseId ?? offering.proposal?.courseId ?? "";
    await showOffering(request, response, { offering, courseId, faults: {} });
  });

  router.post("/lms-courses/:offeringId/approve", async (request, response) => {
    const visit = visitOf(response);
    const offering = await findOffering(request, response);
    const { organisationId } = offering;
    const form = readForm(request, ApprovalSchema);
    if (form.kind === "faulty") {
      await showOffering(request, response, { offering, courseId: "", faults: form.faults });
      return;
    }
    const { courseId } = form.value;
    const wanted = { organisationId, offeringId: offering.id, courseId };
    await decide(needs, response, {
      make: async () => await approveOffering(needs, { ...wanted, decidedBy: visit.account.id }),
      note: () => ({
        action: "lms-course-approved",
        subject: { kind: "lms-course", id: offering.id },
        before: offeringState(offering),
        after: { status: "approved", courseId },
      }),
    });
    goOn(response, `/lms-courses/${offering.id}`, "lms-course-approved");
  });

  router.post("/lms-courses/:offeringId/decline", async (request, response) => {
    const offering = await findOffering(request, response);
    const { organisationId, id } = offering;
    const decidedBy = visitOf(response).account.id;
    await decide(needs, response, {
      make: async () => await declineOffering(needs, { organisationId, offeringId: id, decidedBy }),
      note: () => ({
        action: "lms-course-declined",
        subject: { kind: "lms-course", id },
        before: offeringState(offering),
        after: { status: "declined" },
      }),
    });
    goOn(response, `/lms-courses/${id}`, "lms-course-declined");
  });

  return router;
}
