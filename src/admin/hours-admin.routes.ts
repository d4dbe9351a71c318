import { type Request, type Response, Router } from "express";
import {
  faultsOfHourTypes,
  type HourType,
  mostHourTypes,
  usualHourTypes,
} from "../hours/hour-type.js";
import type { HourTypeStore } from "../hours/hour-type-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { newId } from "../stored-record.js";
import type { FormValues } from "../web/forms.js";
import {
  decide,
  type DecisionNeeds,
  goOn,
  postedValues,
  showAdminPage,
} from "./admin-page.routes.js";
import { numberOf } from "./form-values.js";

type Needs = DecisionNeeds & { hourTypes: HourTypeStore };

const valuesOf = (types: readonly HourType[]): FormValues =>
  Object.fromEntries(
    types.flatMap(({ id, name, perHour }, index) => [
      [`id-${index}`, id],
      [`name-${index}`, name],
      [`perHour-${index}`, String(perHour)],
    ]),
  );

/** The rows of the form; empty ones are left out, known ones keep their ids. */
function typesIn(values: FormValues, known: readonly HourType[]): HourType[] {
  const textOf = (name: string): string => {
    const value = values[name];
    return typeof value === "string" ? value.trim().slice(0, 60) : "";
  };
  return Array.from({ length: mostHourTypes }, (_, index) => ({
    id: known.find(({ id }) => id === textOf(`id-${index}`))?.id ?? newId(),
    name: textOf(`name-${index}`),
    amount: textOf(`perHour-${index}`),
  }))
    .filter(({ name, amount }) => name !== "" || amount !== "")
    .map(({ amount, ...type }) => ({ ...type, perHour: numberOf(amount) ?? Number.NaN }));
}

/** How much of each unit an hour is, by its name. */
const unitsOf = (types: readonly HourType[]): Record<string, number> =>
  Object.fromEntries(types.map(({ name, perHour }) => [name, perHour]));

/** The units in which hours are told: contact hours, development points, credits. */
export function hoursAdminRoutes(needs: Needs): Router {
  const { hourTypes } = needs;
  const router = Router();

  const show = (
    request: Request,
    response: Response,
    { values, faults = {} }: { values: FormValues; faults?: Record<string, string> },
  ): void => {
    showAdminPage(request, response, {
      view: "hours",
      title: "Units of hours",
      area: "courses",
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: { values, faults, rows: mostHourTypes },
    });
  };

  const find = async (response: Response) =>
    (await hourTypes.find(visitOf(response).launch.organisationId)) ?? usualHourTypes;

  router.get("/hours", async (request, response) => {
    show(request, response, { values: valuesOf(await find(response)) });
  });

  router.post("/hours", async (request, response) => {
    const values = postedValues(request);
    const types = typesIn(values, await find(response));
    const faults = faultsOfHourTypes(types);
    if (Object.keys(faults).length > 0) {
      show(request, response, { values: { ...valuesOf(types), ...values }, faults });
      return;
    }
    const { organisationId } = visitOf(response).launch;
    const before = await find(response);
    await decide(needs, response, {
      make: async () => {
        await hourTypes.save(organisationId, types);
      },
      note: () => ({
        action: "hour-units-saved",
        subject: { kind: "organisation", id: organisationId },
        ...{ before: unitsOf(before), after: unitsOf(types) },
      }),
    });
    goOn(response, "/hours", "hours-saved");
  });

  return router;
}
