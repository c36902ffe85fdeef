package main

import (
	"bascule/reconcile"
	"bascule/reports"
)

// importJSON is the result of « review import » as a program reads it.
type importJSON struct {
	reports.ImportCounts
	Files    []fileJSON    `json:"files"`
	Problems []problemJSON `json:"problems"`
}

type fileJSON struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

type problemJSON struct {
	File    string `json:"file"`
	At      string `json:"at"` // cell: « Écarts!AE12 »
	Column  string `json:"column"`
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
}

func newImportJSON(r *ImportResult) *importJSON {
	j := &importJSON{Files: []fileJSON{}, Problems: []problemJSON{},
		ImportCounts: reports.ImportCounts{Import: r.Import.ID, DryRun: r.DryRun, Rows: r.Known, Annotated: r.Import.Read, Decisions: len(r.Decisions),
			Unchanged: r.Unchanged, Awaiting: r.Awaiting, Gone: r.Gone, OffList: r.OffList, Again: r.Again, ByStatus: make(map[reconcile.Status]int)}}
	for i := range r.Decisions {
		j.ByStatus[r.Decisions[i].Status]++
	}
	for _, f := range r.Import.Files {
		j.Files = append(j.Files, fileJSON{f.Name, f.SHA256})
	}
	for _, p := range r.Problems {
		j.Problems = append(j.Problems, problemJSON{p.File, p.At, p.Field, p.What, p.Hint})
	}
	return j
}
