package xlsx

import (
	"slices"
	"testing"
)

func TestABlockThatNoPageHoldsIsCutAtItsJoints(t *testing.T) {
	const room, high = 100, 10 // ten rows
	for _, c := range []struct {
		rows   int
		joints []int // rows, from 1
		want   []int
		reason string
	}{
		{10, []int{7}, nil, "a page holds it"},
		{14, nil, []int{10}, "five rows at least on the last page"},
		{14, []int{4, 8}, []int{8}, "the last joint that the page reaches"},
		{14, []int{3}, []int{10}, "a joint that leaves most of the page blank is no place to cut"},
		{14, []int{8, 12}, []int{8}, "a joint beyond the page is not seen"},
		{14, []int{11}, []int{10}, "a joint that leaves the last rows alone is not taken"},
		{25, []int{9, 18}, []int{9, 18}, "each page has its joint"},
	} {
		rows := make([]printedRow, c.rows)
		for i := range rows {
			rows[i] = printedRow{height: high, block: i == 0, joint: slices.Contains(c.joints, i+1)}
		}
		if got := pageBreaks(rows, room, 0); !slices.Equal(got, c.want) {
			t.Errorf("%s: pages begin at rows %v, want %v", c.reason, got, c.want)
		}
	}
}
