package main

import "bascule/reconcile"

// gateJSON is the result of "bascule gate --json".
type gateJSON struct {
	Run          int                          `json:"run"`
	Period       reconcile.Period             `json:"period"`
	Wave         string                       `json:"wave"` // "*" is the whole ministry
	Opinion      reconcile.Opinion            `json:"opinion"`
	Opinions     map[string]reconcile.Opinion `json:"opinions"`
	AwaitingVisa int64                        `json:"awaiting_visa"`
	Gates        []reconcile.GateResult       `json:"gates"`
	Loosenings   []loosenedJSON               `json:"loosenings"`
}

// loosenedJSON is a gate that became less demanding; after is null when it is
// gone.
type loosenedJSON struct {
	At     string             `json:"at"`
	Run    int                `json:"run"`
	Gate   string             `json:"gate"`
	What   reconcile.Loosened `json:"what"`
	Before reconcile.Gate     `json:"before"`
	After  *reconcile.Gate    `json:"after"`
}

func newGateJSON(o *gateOpinion) gateJSON {
	s := &o.run.Summary
	j := gateJSON{Run: o.run.ID, Period: o.run.Period, Wave: o.wave, Opinion: o.opinion(), Opinions: s.Opinions, AwaitingVisa: s.AwaitingVisa,
		Gates: []reconcile.GateResult{}, Loosenings: []loosenedJSON{}}
	for i := range s.Gates {
		if s.Gates[i].Judges(o.wave) {
			j.Gates = append(j.Gates, s.Gates[i])
		}
	}
	for i := range o.loosenings {
		l := &o.loosenings[i]
		of := loosenedJSON{At: l.At, Run: l.Run, Gate: l.Before.ID, What: l.What, Before: l.Before}
		if l.What != reconcile.LoosenedRemoved {
			of.After = &l.After
		}
		j.Loosenings = append(j.Loosenings, of)
	}
	return j
}
