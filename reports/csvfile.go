package reports

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// byteOrderMark tells Excel that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

const (
	discrepancyColumns = "run;period;fingerprint;agent;dossier;matricule;name;service;programme;bop;wave;kind;element;origin;legacy;onp;delta;" +
		"cause;rule;root;at_fault;evolution;status;decision;first_seen;age_days;sense;delta_information;explanation;owner;reopened"
	rejectColumns = "file;line;record;field;reason;sense;amount;raw"
)

// WriteDiscrepancies writes discrepancies.csv (CONTRACT 5), every gap in the
// order of the data. To the columns of the contract it adds sense,
// delta_information, the explanation in words, who has to act and why a
// decision no longer holds. An amount that a side does not have is blank.
func WriteDiscrepancies(w io.Writer, d *Data) error {
	v := newView(d)
	return writeCSV(w, discrepancyColumns, func(out *csv.Writer) error {
		row := make([]string, 0, strings.Count(discrepancyColumns, ";")+1)
		for x, err := range discrepancies(d.Discrepancies) {
			if err != nil {
				return fmt.Errorf("discrepancies.csv: %w", err)
			}
			row = v.appendDiscrepancy(row[:0], x)
			if err := out.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (v *view) appendDiscrepancy(row []string, x *reconcile.Discrepancy) []string {
	legacy, onp := v.csvValues(x)
	return append(row,
		strconv.Itoa(v.Run.ID), v.Run.Period.String(), inert(x.Fingerprint), inert(v.agent(x.Key)),
		inert(x.Dossier), inert(x.Matricule), inert(v.name(x)), inert(x.Service), inert(x.Programme), inert(x.BOP), inert(x.Wave),
		string(x.Kind), inert(x.Element), x.Origin.String(), legacy, onp, v.m.decimal(delta(x)),
		string(x.Cause), inert(x.Rule), inert(x.Root), string(x.AtFault), string(x.Evolution), string(x.Status), inert(x.Decision),
		inert(x.FirstSeen), strconv.Itoa(x.AgeDays), rejectSense(x.Sense), v.m.decimal(x.DeltaInformation), inert(v.why(x)), string(x.Owner()), inert(x.Reopened))
}

// csvValues are both sides' values: texts for a field or the candidates of a
// doubt, amounts otherwise.
func (v *view) csvValues(x *reconcile.Discrepancy) (legacy, onp string) {
	if told(x) {
		legacy, onp = values(x)
		return inert(legacy), inert(onp)
	}
	if present(x, reconcile.Legacy) {
		legacy = v.m.decimal(x.Legacy)
	}
	if present(x, reconcile.ONP) {
		onp = v.m.decimal(x.ONP)
	}
	return legacy, onp
}

// WriteRejects writes rejects.csv: every line that could not be read, with the
// reason and its bytes made printable.
func WriteRejects(w io.Writer, d *Data) error {
	v := newView(d)
	return writeCSV(w, rejectColumns, func(out *csv.Writer) error {
		for r, err := range rejects(d.Rejects) {
			if err != nil {
				return fmt.Errorf("rejects.csv: %w", err)
			}
			amount := ""
			if r.Amount.Set {
				amount = v.m.decimal(r.Amount.Amount)
			}
			raw := maskRaw(legible(r), d.MaskAgents, !d.ShowNames)
			row := []string{inert(r.File), strconv.Itoa(r.Line), inert(r.Record), inert(v.m.say(r.Field)), inert(v.m.say(r.Reason)), rejectSense(r.Sense), amount, inert(raw)}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeCSV(w io.Writer, header string, body func(*csv.Writer) error) error {
	buffered := bufio.NewWriterSize(w, 1<<16)
	if _, err := buffered.WriteString(byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(buffered)
	out.Comma = ';'
	if err := out.Write(strings.Split(header, ";")); err != nil {
		return err
	}
	if err := body(out); err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}
