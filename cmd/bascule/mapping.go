package main

import (
	"github.com/spf13/cobra"
)

const aboutMapping = `Aide à tenir la table des correspondances : ce qu'elle ne couvre pas, et ce que les montants proposent. Les deux commandes
travaillent sur les extractions déjà chargées du mois et relisent les tables à chaque fois : corrigez correspondances.csv, relancez, et voyez
ce qui reste. Aucune n'écrit dans les tables.`

// mappingCommand is "bascule mapping".
func (a *App) mappingCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "mapping COMMANDE",
		Short:   "ce que les tables de correspondance ne couvrent pas, et des propositions",
		Long:    aboutMapping,
		Example: "bascule mapping check\nbascule mapping suggest --out propositions.csv",
		Args:    cobra.ArbitraryArgs,
		RunE:    subcommandNeeded,
	}
	cmd.AddCommand(a.mappingCheckCommand(), a.mappingSuggestCommand())
	return cmd
}

func (a *App) mappingCheckCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [--period AAAA-MM]",
		Short: "la couverture des codes des deux côtés",
		Long: `Confronte les tables à ce qui est chargé, des deux côtés, avec le nombre de lignes, d'agents et les montants : les codes vus
que rien ne couvre, ceux dont la ligne ne vaut pas ce mois-ci, ceux que leur élément refuse (une ligne hors net pour un élément du net), les
éléments qu'un seul côté alimente, les codes jamais vus, et la part du montant couverte.

Code de sortie : 0 si tout code vu alimente un élément, 1 s'il en reste à traiter.`,
		Example: "bascule mapping check\nbascule mapping check --period 2013-11 --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.CheckMapping(cmd.Context(), a.Stdout)
		},
	}
	addPeriod(cmd)
	return cmd
}

func (a *App) mappingSuggestCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "suggest [--period AAAA-MM] [--out FICHIER]",
		Short: "propose un élément pour chaque code sans correspondance",
		Long: `Cherche, pour chaque code vu que rien ne couvre, l'élément ou les codes de l'autre côté dont les montants s'accordent avec lui
agent par agent, seul ou en somme, et donne les preuves : pour combien de ses agents il ne reste rien au centime, quelle part de son montant,
et, en retour, quelle part des agents où le reste est ouvert il explique. Le nom du code ne compte pas ; les libellés départagent.

Confiance, d'après les montants :
  sûr       au moins 9 agents sur 10, 10 agents, 5 montants différents et 7 agents sur 10 en retour, sans rival
  probable  au moins 6 agents sur 10, 3 agents et 2 montants différents, ou 10 agents au même montant ; sans rival proche
  faible    tout le reste : une piste
Ce ne sont que des propositions, « sûr » compris : relisez-les.

Les lignes prêtes à coller dans correspondances.csv, « probable » au moins, sont affichées à la fin, ou écrites dans FICHIER ; les éléments à
créer, le cas échéant, dans FICHIER-elements.csv. Un fichier qui existe n'est jamais remplacé, et les tables ne sont jamais modifiées.

Code de sortie : 0 s'il n'y a rien à faire correspondre, 1 tant qu'il reste des codes sans correspondance.`,
		Example: "bascule mapping suggest\nbascule mapping suggest --out propositions.csv\nbascule mapping suggest --period 2013-11 --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.SuggestMapping(cmd.Context(), out, a.Stdout)
		},
	}
	addPeriod(cmd)
	cmd.Flags().StringVar(&out, "out", "", "`fichier` où écrire les lignes proposées ; il ne doit pas exister")
	return cmd
}
