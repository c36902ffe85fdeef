package extract
import ("testing";"fmt";"time";"os";"runtime")
func TestZZ(t *testing.T){
 for _,c:=range [][3]string{{"psop","psop-2013-11.txt","2013-11"},{"psop","psop-2013-12.txt","2013-12"},{"sipaye","sipaye-2013-11.csv","2013-11"},{"sipaye","sipaye-2013-12.csv","2013-12"}} {
  got:=readPath("../../fixtures/demo/"+c[1],shippedLayout(t,c[0]),testOptions(c[2]))
  fmt.Println(c[1],got.err,len(got.payslips),got.load.Sums,len(got.rejects),got.warnings,len(got.totals))
  for _,x:=range got.load.Controls {fmt.Println("  ",x.Name,x.Left,x.Right)}
 }
 if p:=os.Getenv("BIG"); p!="" { s:=time.Now(); r:=NewReader(p,shippedLayout(t,os.Getenv("LAY")),testOptions("2013-12")); for _,err:=range r.Items(){ if err!=nil{t.Fatal(err)}}; var m runtime.MemStats; runtime.ReadMemStats(&m); fmt.Println(r.Load().Sums.Lines,r.Load().Payslips, r.Load().Bytes, time.Since(s), m.Sys>>20,"MB sys") }
}
